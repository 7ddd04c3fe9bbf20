import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../lib/config/parse.js';
import type { RunResult } from '../../lib/runs/types.js';
import { clTorch, onTerminal, type Sandbox, sandbox } from './command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

const tiny = (): string[] =>
  [
    'run',
    'baseline',
    '--tasks',
    '2',
    '--epochs',
    '1',
    '--hidden',
    '32',
    '--device',
    'cpu',
    '--threads',
    '1',
  ].concat('--batch-size', '64', '--data-dir', box.dataDir);

const lines =
  /^Task 0: Task Acc = \[([\d.]+)\], AVG = \1\nTask 1: Task Acc = \[([\d.]+), ([\d.]+)\], AVG = ([\d.]+)\nTask AVG Acc: \[\1, \4\], AVG = ([\d.]+)\n$/;

/** Mean of numbers with two decimals, to two decimals; exact enough for a comparison to half a unit of the last. */
function mean(...values: (string | undefined)[]): number {
  return values.reduce((sum, value) => sum + Number(value), 0) / values.length;
}

test('piped: a line a task as in the reference implementation, notes on standard error', async () => {
  const { status, stdout, stderr } = await clTorch(tiny());
  expect(stdout).toMatch(lines);
  const [, first, old, fresh, second, all] = lines.exec(stdout) ?? [];
  expect(Math.abs(Number(second) - mean(old, fresh))).toBeLessThan(0.0101);
  expect(Math.abs(Number(all) - mean(first, second))).toBeLessThan(0.0051);
  expect(stderr).toMatch(
    /^baseline on permuted-mnist of data: 2 domain-incremental tasks, 1 epoch each\ncpu \(\w+, 1 thread\), fused engine, LibTorch 2\./,
  );
  expect(stderr).toContain('Average accuracy:');
  expect(stderr).toMatch(/Speed: [\d,]+ training images a second/);
  expect(stdout + stderr).not.toContain('\u001b');
  expect(status).toBe(0);
});

describe('every strategy runs by its name and flags', () => {
  const flags = ['--memory-size', '50'];
  const ofTheMethod = ['--sphere', 'per-tensor', '--ratios', '0.5,1', '--lambda-clamp', '0,1'];
  test.each([
    ['lfd', [...flags, ...ofTheMethod], { sphere: 'per-tensor', ratios: [0.5, 1], lambdaClamp: [0, 1] }],
    ['lfd', ['--preset', 'reference'], { alpha: 0.05, equilibriumPoint: 'off' }],
    ['er+lfd', [...flags, '--rehearsal', '8'], { memorySize: 50, rehearsal: 8, direction: 'rsgd' }],
    ['er', ['--memory-per', 'class', '--memory-size', '5'], { memorySize: 5, memoryPer: 'class' }],
  ])('%s %o, and again from its result', async (strategy, more, config) => {
    const [, , ...common] = tiny();
    const { status, stdout, stderr } = await clTorch([
      'run',
      strategy,
      ...common,
      ...more,
      '--json',
      '--quiet',
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const result = JSON.parse(stdout) as RunResult;
    expect(result).toMatchObject({ status: 'completed', strategy, config });
    expect(result.accuracy.map((row) => row.length)).toEqual([1, 2]);
    expect(result.taskReports).toHaveLength(2);
    const file = join(box.folder, `${strategy}.json`);
    await writeFile(file, JSON.stringify(result.config));
    const again = await clTorch(['run', strategy, '--config', file, '--json', '--quiet']);
    expect(JSON.parse(again.stdout)).toMatchObject({ accuracy: result.accuracy, losses: result.losses });
  });
});

test('--quiet leaves standard error empty', async () => {
  const { status, stdout, stderr } = await clTorch([...tiny(), '--quiet']);
  expect(stdout).toMatch(lines);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

describe('--json', () => {
  test('prints the result and nothing else on standard output', async () => {
    const { status, stdout, stderr } = await clTorch([
      ...tiny(),
      '--json',
      '--out',
      join(box.folder, 'json'),
    ]);
    const result = JSON.parse(stdout) as RunResult;
    expect(status).toBe(0);
    expect(result).toMatchObject({ schemaVersion: 2, status: 'completed', strategy: 'baseline' });
    expect(parseConfig(result.config)).toEqual(result.config);
    expect(result.config).toMatchObject({
      tasks: 2,
      epochs: 1,
      hidden: [32],
      batchSize: 64,
      dataDir: box.dataDir,
    });
    expect(result.environment).toMatchObject({ device: 'cpu', threads: 1, node: process.versions.node });
    expect(result.accuracy.map((row) => row.length)).toEqual([1, 2]);
    // 128 test images: every accuracy is a multiple of 100/128.
    for (const value of result.accuracy.flat()) expect(Number.isInteger((value * 128) / 100)).toBe(true);
    expect(result.losses.map((row) => row.length)).toEqual([1, 1]);
    expect(JSON.parse(await readFile(join(box.folder, 'json', 'result.json'), 'utf8'))).toMatchObject({
      status: 'completed',
      accuracy: result.accuracy,
    });
    expect(stderr).toContain('Task 1: Task Acc = [');
  });

  test('with --quiet leaves standard error empty', async () => {
    const { stdout, stderr } = await clTorch([...tiny(), '--json', '--quiet']);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'completed' });
    expect(stderr).toBe('');
  });
});

describe('--config', () => {
  test('sets what flags leave open; flags override it', async () => {
    const file = join(box.folder, 'config.json');
    await writeFile(file, JSON.stringify({ tasks: 7, seed: 5 }));
    const { stdout } = await clTorch([...tiny(), '--config', file, '--json', '--quiet']);
    expect((JSON.parse(stdout) as RunResult).config).toMatchObject({ tasks: 2, seed: 5 });
  });

  test('runs the config.json of an earlier run again, with the same numbers', async () => {
    const [first, again] = [join(box.folder, 'first'), join(box.folder, 'again')];
    const one = await clTorch([...tiny(), '--seed', '3', '--out', first]);
    const two = await clTorch(['run', 'baseline', '--config', join(first, 'config.json'), '--out', again]);
    expect(one.status).toBe(0);
    expect(two).toMatchObject({ status: 0, stdout: one.stdout });
    expect(one.stderr).toContain(`Files: ${relative(tmpdir(), join(first, 'result.json'))}`); // as seen from where it ran
  });
});

test('a folder that holds a run is not overwritten', async () => {
  const out = join(box.folder, 'twice');
  await clTorch([...tiny(), '--out', out]);
  const before = await readFile(join(out, 'result.json'), 'utf8');
  const { status, stderr } = await clTorch([...tiny(), '--out', out]);
  expect(status).toBe(1);
  expect(stderr).toContain('[OUTPUT_FAILED]');
  expect(await readFile(join(out, 'result.json'), 'utf8')).toBe(before);
});

describe('on a terminal', () => {
  test('NO_COLOR: an error without colour', async () => {
    const wrong = ['run', 'baseline', '--tasks', '0'];
    expect((await onTerminal(80, wrong)).stdout).toContain('\u001b[31merror:');
    const { status, stdout } = await onTerminal(80, wrong, { NO_COLOR: '1' });
    expect(stdout).toContain('error: The configuration');
    expect(stdout).not.toContain('\u001b');
    expect(status).toBe(2);
  });
});
