import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExperimentInput } from '../../lib/config/types.js';
import { reproductionNamed, reproductions } from '../../lib/reproductions/index.js';
import { chosenRows, planReproduction } from '../../lib/reproductions/plan.js';
import { madeUpRun } from '../support/made-up-run.js';
import { clTorch, type Sandbox, sandbox } from './command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

test('without a table: all that there are, with their rows', async () => {
  const { status, stdout } = await clTorch(['reproduce']);
  expect(status).toBe(0);
  for (const { name, title } of reproductions) expect(stdout).toContain(`${name}: ${title}\n`);
  const json = await clTorch(['reproduce', '--json']);
  expect(JSON.parse(json.stdout)).toEqual(JSON.parse(JSON.stringify(reproductions)));
});

test.each([
  [['no-table'], "There is no table 'no-table'; there are van-de-ven-split-mnist"],
  [
    ['van-de-ven-split-mnist', '--methods', 'nothing'],
    "'van-de-ven-split-mnist' has no 'nothing'; it has fine-tuning",
  ],
  [['van-de-ven-permuted-mnist', '--scenario', 'class'], 'no such row with class-incremental tasks'],
  [
    ['all', '--methods', 'si'],
    "--methods and --scenario choose rows of one table: name it in place of 'all'",
  ],
  [['van-de-ven-split-mnist', '--seeds', '1,1'], '--seeds: 1 is there twice'],
  [['van-de-ven-split-mnist', '--device', 'tpu'], 'device'],
])('%j is refused before any work', async (args, message) => {
  const out = join(box.folder, 'refused');
  const { status, stdout, stderr } = await clTorch(['reproduce', ...args, '--out', out]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(await readdir(box.folder)).not.toContain('refused');
});

test('of runs that are done: published beside ours, the files, and 1 where it is outside', async () => {
  const table = reproductionNamed('van-de-ven-split-mnist');
  if (!table) throw new Error('There is no such table.');
  const out = join(box.folder, 'done');
  const rows = chosenRows(table, { methods: ['fine-tuning', 'er'], scenario: 'class' });
  for (const { row, run } of planReproduction(table, rows, [1, 2], { device: 'cpu', threads: 1 }, out)) {
    const folder = run.config.out;
    const made = madeUpRun({ ...run.input, out: folder } as ExperimentInput);
    const averageAccuracy = row.name === 'er' ? 40 : 19.5 + run.config.seed / 10;
    await mkdir(folder, { recursive: true });
    const result = { ...made, metrics: made.metrics && { ...made.metrics, averageAccuracy } };
    await writeFile(join(folder, 'result.json'), JSON.stringify(result));
  }
  const args = 'reproduce van-de-ven-split-mnist --scenario class --seeds 2 --device cpu --threads 1'.split(
    ' ',
  );
  const both = await clTorch([...args, '--methods', 'fine-tuning,er', '--out', out]);
  expect(both.stderr).toContain('fine-tuning-class, seed 1: done before');
  expect(both.stdout).toMatch(/^fine-tuning +class +19\.90 +19\.65 ± 0\.07 +−0\.25 +inside$/m);
  expect(both.stdout).toMatch(/^ER, 100 a class +class +88\.79 +40\.00 ± 0\.00 +−48\.79 +outside$/m);
  expect(both.status).toBe(1);
  const files = (await readdir(out)).filter((name) => name.startsWith('reproduction'));
  expect(files).toEqual(['reproduction.csv', 'reproduction.html', 'reproduction.json', 'reproduction.md']);
  const data = JSON.parse(await readFile(join(out, 'reproduction.json'), 'utf8')) as {
    rows: { verdict: string }[];
  };
  expect(data.rows.map(({ verdict }) => verdict)).toEqual(['inside', 'outside']);

  const one = await clTorch([...args, '--methods', 'fine-tuning', '--out', out, '--quiet', '--json']);
  expect(one.status).toBe(0);
  expect(JSON.parse(one.stdout)).toMatchObject({ name: table.name, rows: [{ verdict: 'inside' }] });
});

test('all: each table in its folder, also after one that is outside', async () => {
  const out = join(box.folder, 'all');
  for (const table of reproductions) {
    const rows = chosenRows(table, {});
    for (const { run } of planReproduction(
      table,
      rows,
      [1],
      { device: 'cpu', threads: 1 },
      join(out, table.name),
    )) {
      const made = madeUpRun({ ...run.input, out: run.config.out } as ExperimentInput);
      await mkdir(run.config.out, { recursive: true });
      const metrics = made.metrics && { ...made.metrics, averageAccuracy: 40 };
      await writeFile(join(run.config.out, 'result.json'), JSON.stringify({ ...made, metrics }));
    }
  }
  const args = 'reproduce all --seeds 1 --device cpu --threads 1 --quiet --json'.split(' ');
  const { status, stdout } = await clTorch([...args, '--out', out]);
  expect(status).toBe(1);
  const tables = JSON.parse(stdout) as { name: string }[];
  expect(tables.map(({ name }) => name)).toEqual(reproductions.map(({ name }) => name));
  for (const { name } of reproductions) {
    expect(await readdir(join(out, name))).toContain('reproduction.html');
  }
});
