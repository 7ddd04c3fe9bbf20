import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SweepReport } from '../../lib/sweep/plan/types.js';
import { madeUpRun } from '../support/made-up-run.js';
import { madeUpSweep } from '../support/made-up-sweep.js';
import { clTorch, type Sandbox, sandbox } from './command.js';

let box: Sandbox;
let folder: string;

/** A sweep over two strategies and two seeds, with two runs done, one failed and one missing. */
beforeAll(async () => {
  box = await sandbox();
  folder = join(box.folder, 'sweep');
  const { spec } = madeUpSweep({
    methods: ['er', 'lfd'],
    settings: {},
    seeds: 2,
    kind: 'grid',
    choice: 'none',
  });
  const options = { benchmark: 'permuted-mnist', tasks: 3 };
  for (const place of ['runs', 'failed', 'logs']) await mkdir(join(folder, place), { recursive: true });
  await writeFile(join(folder, 'sweep.json'), JSON.stringify({ ...spec, options }));
  for (const seed of [0, 1]) {
    const run = join(folder, 'runs', `er-t000-seed${seed}`);
    await mkdir(run);
    await writeFile(join(run, 'result.json'), JSON.stringify(madeUpRun({ strategy: 'er', seed, tasks: 3 })));
  }
  const failure = {
    schemaVersion: 1,
    code: 'DATA_NOT_FOUND',
    message: 'no images',
    host: 'h',
    at: '2026-11-26',
  };
  await writeFile(join(folder, 'failed', 'lfd-t000-seed0.json'), JSON.stringify(failure));
  await writeFile(join(folder, 'logs', 'lfd-t000-seed0.log'), 'all there is to read\n');
});
afterAll(() => box[Symbol.asyncDispose]());

test('status tells how far a sweep is and where the log of a failure lies', async () => {
  const { status, stdout } = await clTorch(['sweep', 'status', folder]);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^2 methods × 1 setting × 2 seeds, nothing chosen\n4 runs: 2 completed, 1 failed, 1 missing$/m,
  );
  expect(stdout).toMatch(
    / {2}lfd-t000-seed0: DATA_NOT_FOUND: no images\n {4}log: .*logs\/lfd-t000-seed0\.log$/m,
  );
  expect(stdout).toContain(`Go on: cl-torch sweep work ${folder}`);
});

test('collect gives the results in each form, on standard output or in a file', async () => {
  const file = join(box.folder, 'report.json');
  const [text, markdown, latex, csv, json, both] = await Promise.all([
    clTorch(['sweep', 'collect', folder]),
    clTorch(['sweep', 'collect', folder, '--markdown']),
    clTorch(['sweep', 'collect', folder, '--latex']),
    clTorch(['sweep', 'collect', folder, '--csv']),
    clTorch(['sweep', 'collect', folder, '--json', '--out', file]),
    clTorch(['sweep', 'collect', folder, '--json', '--csv']),
  ]);
  expect(text.stdout).toMatch(/^er +2 +\d\d\.\d\d ± \d\.\d\d /m);
  expect(markdown.stdout).toMatch(/^\| er \| 2 \|/m);
  expect(latex.stdout).toMatch(/^er & 2 & /m);
  expect(csv.stdout.split('\r\n')).toHaveLength(6);
  expect(json.stdout).toBe('');
  const report = JSON.parse(await readFile(file, 'utf8')) as SweepReport;
  expect(report.runs).toMatchObject({ completed: 2, failed: 1, missing: 1 });
  expect(report.methods[0]?.trials[0]?.runs[0]?.taskMeans).toHaveLength(3);
  expect(both.status).toBe(2);
});

test('report writes the page into the folder, and tells where', async () => {
  const { status, stdout } = await clTorch(['sweep', 'report', folder]);
  expect([status, stdout]).toEqual([0, `${join(folder, 'sweep.html')}\n`]);
  expect(await readFile(join(folder, 'sweep.html'), 'utf8')).toContain('DATA_NOT_FOUND: no images');
});

test('a folder without a sweep is refused', async () => {
  const { status, stderr } = await clTorch(['sweep', 'status', box.folder]);
  expect(status).not.toBe(0);
  expect(stderr).toContain('There is no sweep in');
});
