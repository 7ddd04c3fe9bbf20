import { cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../lib/runs/types.js';
import { outcomeOf } from '../support/child.js';
import { clTorch, type Sandbox, sandbox, start } from './command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

const METHODS = ['baseline', 'lfd', 'er', 'joint']; // joint comes by itself
const SEEDS = [2024, 2025, 2026];
const RUNS = METHODS.flatMap((method) => SEEDS.map((seed) => `${method}-seed${seed}`));

function compare(out: string, ...more: string[]): string[] {
  const tiny =
    '--tasks 2 --epochs 1 --hidden 8 --batch-size 64 --device cpu --threads 1 --memory-size 20 --rehearsal 8';
  return [
    'compare',
    ...METHODS.slice(0, 3),
    '--seeds',
    '3',
    ...tiny.split(' '),
    '--data-dir',
    box.dataDir,
    '--out',
    out,
    ...more,
  ];
}

test('4 methods with 3 seeds: interrupted and started again, only what is missing is done', {
  timeout: 240_000,
}, async () => {
  const out = join(box.folder, 'comparison');
  const child = start(compare(out));
  child.stderr?.on('data', (chunk: Buffer) => {
    if (chunk.includes('[6/12]')) child.kill('SIGINT');
  });
  const interrupted = await outcomeOf(child);
  expect(interrupted.status).toBe(130);
  expect(interrupted.stdout).toBe('');
  expect(interrupted.stderr).toContain('the same command goes on from here');
  const before = await writtenAt(out, RUNS.slice(0, 5));

  const whole = await clTorch(compare(out));
  expect(whole.status).toBe(0);
  expect(await writtenAt(out, RUNS.slice(0, 5))).toEqual(before);
  expect(whole.stderr.match(/: done before/g)?.length).toBeGreaterThanOrEqual(5);
  expect(whole.stderr).toContain('[12/12] joint, seed 2026');

  const third = await clTorch(compare(out));
  expect(third.stderr.match(/: done before/g)).toHaveLength(12);
  expect(third.stdout).toBe(whole.stdout);

  // The table, by hand from the runs' files.
  const csv = (await readFile(join(out, 'comparison.csv'), 'utf8'))
    .trim()
    .split('\r\n')
    .map((line) => line.split(','));
  expect(csv.slice(1).map(([method, seeds]) => [method, seeds])).toEqual(
    METHODS.map((method) => [method, '3']),
  );
  const values = await Promise.all(SEEDS.map((seed) => accuracyOf(join(out, `er-seed${seed}`))));
  const mean = values.reduce((sum, value) => sum + value, 0) / 3;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
  expect(Number(csv[3]?.[2])).toBeCloseTo(mean, 10);
  expect(Number(csv[3]?.[3])).toBeCloseTo(deviation, 10);
  const markdown = await readFile(join(out, 'comparison.md'), 'utf8');
  expect(markdown).toContain(`${mean.toFixed(2)} ± ${deviation.toFixed(2)}`);
  expect(markdown).toContain('| joint (upper bound) | 3 |');
  expect(await readFile(join(out, 'comparison.html'), 'utf8')).toContain('<figure id="cost">');
});

test('every run has its page beside it, also one whose page is missing', async () => {
  const out = join(box.folder, 'comparison');
  const pages = RUNS.map((run) => join(out, run, 'report.html'));
  await Promise.all(pages.map((page) => stat(page)));
  await rm(pages[3] ?? '');
  expect((await clTorch(compare(out))).status).toBe(0);
  expect(await readFile(pages[3] ?? '', 'utf8')).toContain('<!doctype html>');
});

test('runs with another number of threads are the same runs', async () => {
  const out = join(box.folder, 'comparison');
  const { status, stderr } = await clTorch(compare(out, '--threads', '2'));
  expect(status).toBe(0);
  expect(stderr.match(/: done before/g)).toHaveLength(12);
});

describe('a comparison that stops says that the same command goes on only when it does', () => {
  const claim = /the same command/;

  test('not after a wrong option, before any run', async () => {
    const { status, stderr } = await clTorch(compare(join(box.folder, 'wrong'), '--epochs', '0'));
    expect(status).toBe(2);
    expect(stderr).not.toMatch(/Stopped|the same command/);
  });

  test('not without any data', async () => {
    const { status, stderr } = await clTorch(
      compare(join(box.folder, 'no-data'), '--data-dir', '/nonexistent'),
    );
    expect(status).toBe(1);
    expect(stderr).not.toMatch(/Stopped|the same command/);
  });

  test('not when a method asks for what there is not, though others are done', async () => {
    const { status, stderr } = await clTorch(compare(join(box.folder, 'memory'), '--memory-size', '600'));
    expect(status).toBe(2);
    expect(stderr).toContain('Stopped after 3 of 12 runs; what is done is kept.');
    expect(stderr).not.toMatch(claim);
  });

  test('not when there was nothing to run', async () => {
    const run = join(box.folder, 'comparison', 'er-seed2024');
    const file = join(box.folder, 'a-file');
    await writeFile(file, '');
    const { status, stderr } = await clTorch(['compare', run, '--out', file]);
    expect(status).toBe(1);
    expect(stderr).not.toMatch(/Stopped|the same command|0 of 0/);
  });
});

test('a run that is missing is the one that is run; one with other settings is refused', async () => {
  const out = join(box.folder, 'comparison');
  await rm(join(out, 'er-seed2025'), { recursive: true });
  const again = await clTorch(compare(out));
  expect(again.status).toBe(0);
  expect(again.stderr.match(/: done before/g)).toHaveLength(11);
  const other = await clTorch(compare(out, '--learning-rate', '0.01'));
  expect(other.status).toBe(2);
  expect(other.stderr).toContain('holds a run with other settings: learningRate 0.001 instead of 0.01');
});

test('finished runs are compared without running; what is neither is wrong usage', async () => {
  const runs = ['baseline-seed2024', 'er-seed2024'].map((name) => join(box.folder, 'comparison', name));
  const { status, stdout } = await clTorch(['compare', ...runs, '--out', box.folder]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^ +seeds[^\n]*\nbaseline +1 .*\ner +1 /);
  const wrong = await clTorch(['compare', 'sgd', '--out', box.folder]);
  expect([wrong.status, wrong.stdout]).toEqual([2, '']);
  expect(wrong.stderr).toContain("'sgd' is neither a strategy (baseline, er, ");
});

test('what would count twice, and what is not finished, is refused', async () => {
  const out = join(box.folder, 'comparison');
  const run = join(out, 'er-seed2024');
  const refusal = async (...args: string[]): Promise<string> => {
    const { status, stderr } = await clTorch(['compare', ...args, '--out', box.folder]);
    expect(status).toBe(2);
    return stderr;
  };
  expect(await refusal('lfd', 'lfd')).toContain("'lfd' is named twice");
  expect(await refusal(run, join(run, '.'))).toContain('is named twice');
  expect(await refusal('lfd', '--seeds', '5,6,5')).toContain('--seeds: 5 is there twice');
  const unfinished = join(box.folder, 'unfinished');
  await cp(run, unfinished, { recursive: true });
  const result = JSON.parse(await readFile(join(run, 'result.json'), 'utf8')) as RunResult;
  await writeFile(join(unfinished, 'result.json'), JSON.stringify({ ...result, status: 'interrupted' }));
  expect(await refusal(unfinished)).toMatch(/The run of er, seed 2024, .*cannot stand beside finished ones/);
});

test('a folder that is a run’s own takes no runs of a comparison', async () => {
  const run = join(box.folder, 'comparison', 'er-seed2024');
  const before = await readdir(run);
  const { status, stdout, stderr } = await clTorch(compare(run));
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain(`The output folder '${run}' is that of one run`);
  expect(await readdir(run)).toEqual(before);
});

test('a comparison is reported by its folder, too', async () => {
  const file = join(box.folder, 'again.html');
  const { status } = await clTorch(['report', join(box.folder, 'comparison'), '--out', file]);
  expect(status).toBe(0);
  expect(await readFile(file, 'utf8')).toContain('12 runs of');
});

test('seeds side by side give what each gives alone; with other threads they are not run again', async () => {
  const out = join(box.folder, 'side-by-side');
  const tiny = '--tasks 2 --epochs 1 --hidden 8 --batch-size 64 --device cpu'.split(' ');
  const compared = (...more: string[]): string[] =>
    [
      'compare',
      'baseline',
      '--no-joint',
      '--seeds',
      '3',
      '--out',
      out,
      '--data-dir',
      box.dataDir,
      ...tiny,
    ].concat(more);
  const { status, stderr } = await clTorch(compared('--at-once', '2'));
  expect(status).toBe(0);
  expect(stderr.match(/^\[\d\/3\] baseline, seed \d+$|^Task 1/gm)).toEqual(
    SEEDS.flatMap((seed, i) => [`[${i + 1}/3] baseline, seed ${seed}`, 'Task 1']),
  );
  for (const seed of SEEDS) {
    const kept = await resultIn(join(out, `baseline-seed${seed}`));
    const alone = ['run', 'baseline', '--seed', `${seed}`, '--threads', `${kept.config.threads}`, '--json'];
    const { stdout } = await clTorch([...alone, '--data-dir', box.dataDir, ...tiny]);
    expect(kept.accuracy).toEqual((JSON.parse(stdout) as RunResult).accuracy);
  }
  const again = await clTorch(compared('--at-once', '1'));
  expect(again.stderr.match(/: done before/g)).toHaveLength(3);
});

function writtenAt(out: string, runs: readonly string[]): Promise<number[]> {
  return Promise.all(runs.map(async (run) => (await stat(join(out, run, 'result.json'))).mtimeMs));
}

async function resultIn(folder: string): Promise<RunResult> {
  return JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')) as RunResult;
}

async function accuracyOf(folder: string): Promise<number> {
  const { accuracy } = await resultIn(folder);
  const last = accuracy.at(-1) ?? [];
  return last.reduce((sum, value) => sum + value, 0) / last.length;
}
