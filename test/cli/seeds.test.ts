import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '../../lib/runs/types.js';
import type { SeedsResult } from '../../lib/sweep/seeds.js';
import { clTorch, type Sandbox, sandbox } from './command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

const free = (...more: string[]): string[] =>
  'run baseline --tasks 2 --epochs 1 --hidden 16 --device cpu --batch-size 64'
    .split(' ')
    .concat('--data-dir', box.dataDir, ...more);
const tiny = (...more: string[]): string[] => free('--threads', '1', ...more);

test('every seed gives what a run with it alone gives; the folder keeps each', async () => {
  const out = join(box.folder, 'seeds');
  const { status, stdout } = await clTorch(tiny('--seeds', '3,5', '--out', out, '--json', '--quiet'));
  expect(status).toBe(0);
  const result = JSON.parse(stdout) as SeedsResult;
  expect(result).toMatchObject({ schemaVersion: 1, strategy: 'baseline', seeds: [3, 5] });
  for (const [i, seed] of ['3', '5'].entries()) {
    const alone = JSON.parse((await clTorch(tiny('--seed', seed, '--json', '--quiet'))).stdout) as RunResult;
    expect(result.runs[i]?.accuracy).toEqual(alone.accuracy);
    expect(result.runs[i]?.losses).toEqual(alone.losses);
    const kept = JSON.parse(await readFile(join(out, `seed-${seed}`, 'result.json'), 'utf8')) as RunResult;
    expect(kept.accuracy).toEqual(alone.accuracy);
  }
  const [a, b] = result.runs.map((run) => run.taskMeans.at(-1)) as [number, number];
  expect(result.final.mean).toBeCloseTo((a + b) / 2, 10);
  expect(result.final.deviation).toBeCloseTo(Math.abs(a - b) / Math.SQRT2, 10);
  expect(JSON.parse(await readFile(join(out, 'seeds.json'), 'utf8'))).toEqual(result);
});

test('several at once give what each gives alone, and tell of it in order', async () => {
  const { status, stdout, stderr } = await clTorch(
    free('--seeds', '4', '--seed', '3', '--at-once', '3', '--json'),
  );
  expect(status).toBe(0);
  const result = JSON.parse(stdout) as SeedsResult;
  expect(result.seeds).toEqual([3, 4, 5, 6]);
  for (const run of result.runs) {
    const { seed, threads } = run.config;
    const { stdout } = await clTorch(
      free('--seed', `${seed}`, '--threads', `${threads}`, '--json', '--quiet'),
    );
    const alone = JSON.parse(stdout) as RunResult;
    expect(run.losses).toEqual(alone.losses);
    expect(run.accuracy).toEqual(alone.accuracy);
  }
  expect(stderr.match(/^Task \d|^Task AVG/gm)).toEqual(
    Array(4).fill(['Task 0', 'Task 1', 'Task AVG']).flat(),
  );
});

test('--at-once without --seeds is wrong usage', async () => {
  const { status, stderr } = await clTorch(tiny('--at-once', '2'));
  expect(status).toBe(2);
  expect(stderr).toContain('--at-once goes with --seeds');
});

test('a table ends it', async () => {
  const { status, stdout } = await clTorch(tiny('--seeds', '2', '--seed', '8', '--quiet'));
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /seed 8 +[\d.]+ +[\d.]+ +[\d.]+ s\nseed 9 .*\nmean ± sd +[\d.]+ ± [\d.]+ +[\d.]+ ± [\d.]+ /,
  );
});

test('a list that is none is wrong usage', async () => {
  const { status, stderr } = await clTorch(tiny('--seeds', 'many'));
  expect(status).toBe(2);
  expect(stderr).toContain(
    "--seeds: expected how many (1 to 1000), or a list such as 2024,2025,2026, found 'many'",
  );
});
