import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { networkTraining } from '../../lib/speed/plain-training.js';
import { besideBusyProcesses, runProgram } from '../../lib/speed/process.js';
import { epochSides } from '../../lib/speed/sides.js';
import { medianOf, ratiosOf, spreadOf } from '../../lib/speed/statistics.js';
import { sweepSides } from '../../lib/speed/sweep-sides.js';
import { benchTables } from '../../lib/speed/table.js';
import type { BenchOptions, BenchReport, MeasuredNetwork } from '../../lib/speed/types.js';
import { errorOf } from '../support/refusal.js';

describe('statistics', () => {
  test('median: the middle one, or the mean of the middle two', () => {
    expect(medianOf([9, 1, 5])).toBe(5);
    expect(medianOf([4, 1, 3, 2])).toBe(2.5);
    expect(medianOf([])).toBeNaN();
  });

  test('spread', () => {
    expect(spreadOf([3, 1, 8])).toEqual({ median: 3, least: 1, greatest: 8 });
  });

  test('ratios are taken turn by turn', () => {
    expect(ratiosOf([2, 30, 4], [1, 10, 4])).toEqual({ median: 2, least: 1, greatest: 3 });
  });
});

const options = {
  device: 'cpu',
  threads: 2,
  repeats: 1,
  engines: ['fused'],
  precision: 'fp32',
  busy: [],
} as const;
const namesOf = (more: Partial<BenchOptions>): string[] =>
  epochSides({ ...options, ...more }).map(({ name }) => name);

describe('busy processes', () => {
  const children = (): number =>
    readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).length;

  test('are there for as long as the work takes', async () => {
    const before = children();
    const during = await besideBusyProcesses(3, async () => children());
    expect(during - before).toBe(3);
    for (let wait = 0; wait < 100 && children() > before; ++wait) await sleep(20);
    expect(children()).toBe(before);
  });

  test('make a side more of each, for each number of them', () => {
    expect(namesOf({ busy: [1, 4] })).toEqual([
      'cl-torch, fused',
      'cl-torch, fused; beside 1 busy process',
      'cl-torch, fused; beside 4 busy processes',
    ]);
  });
});

describe('of a network', () => {
  const images = { settings: { network: 'cnn' }, examples: 2560 };

  test('PyTorch takes its turn in each memory format of images', () => {
    const asked = { network: images, engines: ['autograd'], python: 'python3' } as const;
    expect(namesOf(asked)).toEqual([
      'cl-torch, autograd',
      'PyTorch, channels last, threads bound',
      'PyTorch, contiguous, threads bound',
    ]);
    expect(namesOf({ ...asked, device: 'cuda:0' })).toEqual([
      'cl-torch, autograd',
      'PyTorch, channels last',
      'PyTorch, contiguous',
    ]);
  });

  test('a row of numbers has one', () => {
    const network = { settings: { network: 'mlp', hidden: [20] }, examples: 100 };
    expect(namesOf({ network, python: 'python3', busy: [2] })).toEqual([
      'cl-torch, fused',
      'PyTorch, threads bound',
      'cl-torch, fused; beside 2 busy processes',
      'PyTorch, threads bound; beside 2 busy processes',
    ]);
  });

  test('what no run takes, and images that it cannot take, are refused', () => {
    const refused = (more: Partial<MeasuredNetwork>): unknown =>
      errorOf(() => networkTraining({ ...images, ...more })).code;
    expect(refused({ settings: { network: 'cnn', width: 20 } })).toBe('CONFIG_INVALID');
    expect(refused({ images: [1, 3, 3] })).toBe('CONFIG_INVALID');
    expect(networkTraining({ ...images, images: [3, 8, 9] }).spec).toMatchObject({ input: [3, 8, 9] });
  });

  test('the table has the time of a step, and no column of what no side tells', () => {
    const one = { median: 1.5, least: 1, greatest: 2 };
    const unknown = { timesFloor: null, timesLibtorchFloor: null, gflops: null, setup: null };
    const epoch = {
      ...unknown,
      evaluation: null,
      largestTimerGap: null,
      peakMemoryBytes: one,
      timesFirst: one,
    };
    const text = benchTables({
      date: '2026-11-27T00:00:00Z',
      environment: { device: 'cpu', deviceName: 'AVX2', node: '20.0.0', libtorch: '2.14.1' },
      options: { ...options, network: { ...images, settings: { network: 'cnn', batchSize: 100 } } },
      epochs: [{ ...epoch, name: 'x', epoch: one }],
      wholeRuns: [],
      sweeps: [],
    } as unknown as BenchReport);
    expect(text).toContain(
      'Training epoch of cnn (input 1,28,28, classes 10, channels 32,64, kernel 3, hidden 128), 2560 images of MNIST in batches of 100:',
    );
    // Of 2,560 images 25 batches of 100 and one of 60.
    expect(text).toContain(`${(1500 / 26).toFixed(1)} (${(1000 / 26).toFixed(1)}–${(2000 / 26).toFixed(1)})`);
    expect(/^\| {2,}\|.*$/m.exec(text)?.[0].replace(/ +/g, ' ')).toBe(
      '| | s | ms a step | × first | peak MB |',
    );
  });
});

describe('a measured program', () => {
  const signal = new AbortController().signal;

  test('gives its output, its time and its peak memory', async () => {
    const source = 'const b = Buffer.alloc(300e6, 1); setTimeout(() => console.log(b.length), 300)';
    const { stdout, seconds, peakMemoryBytes } = await runProgram(process.execPath, ['-e', source], signal);
    expect(stdout).toBe('300000000\n');
    expect(seconds).toBeGreaterThan(0.3);
    expect(peakMemoryBytes).toBeGreaterThan(300e6);
    expect(peakMemoryBytes).toBeLessThan(600e6);
  });

  test('that fails is told with its last words', async () => {
    const failing = runProgram(
      process.execPath,
      ['-e', 'console.error("no torch here"); process.exit(3)'],
      signal,
    );
    await expect(failing).rejects.toMatchObject({
      code: 'BENCH_FAILED',
      message: expect.stringMatching(/status 3:\nno torch here/),
    });
  });

  test('that is not there is told', async () => {
    await expect(runProgram('/nowhere/python', [], signal)).rejects.toMatchObject({ code: 'BENCH_FAILED' });
  });

  test('ends with the signal', async () => {
    const endless = runProgram(
      process.execPath,
      ['-e', 'setInterval(() => {}, 1e6)'],
      AbortSignal.timeout(300),
    );
    await expect(endless).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

test('a sweep and its runs by themselves are executed, each in a folder that is gone afterwards', async () => {
  expect(sweepSides(undefined)).toEqual([]);
  const sides = sweepSides(7);
  expect(sides.map(({ name }) => name)).toEqual(['the runs by themselves', 'as a sweep']);
  const stop = AbortSignal.abort();
  const before = folders();
  for (const side of sides) await expect(side.measure(stop)).rejects.toMatchObject({ code: 'ABORTED' });
  expect(folders()).toEqual(before);
});

const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('cl-torch-bench-'));

test('the table is Markdown whose lines are equally long', () => {
  const one = { median: 1.5, least: 1, greatest: 2 };
  const report = {
    date: '2026-11-24T00:00:00Z',
    processor: 'A processor',
    cpus: 2,
    environment: { device: 'cpu', deviceName: 'AVX512', node: '20.0.0', libtorch: '2.14.1' },
    options: { threads: 2, repeats: 5, wholeRun: { tasks: 10, epochs: 5 }, sweep: 1000 },
    epochs: [
      {
        name: 'cl-torch, fused',
        epoch: one,
        timesFirst: one,
        timesFloor: one,
        timesLibtorchFloor: one,
        gflops: one,
        setup: one,
        evaluation: one,
        largestTimerGap: one,
        peakMemoryBytes: { median: 3e8, least: 2e8, greatest: 4e8 },
      },
    ],
    wholeRuns: [{ name: 'x', seconds: one, timesFirst: one, peakMemoryBytes: one, finalAccuracy: 75.59 }],
    sweeps: [
      { name: 'the runs by themselves', seconds: one, timesFirst: one, peakMemoryBytes: one },
      { name: 'as a sweep', seconds: one, timesFirst: { ...one, median: 1.027 }, peakMemoryBytes: one },
    ],
  } as unknown as BenchReport;
  const text = benchTables(report);
  expect(text).toContain('1.50 (1.00–2.00)');
  expect(text).toContain('300 (200–400)');
  expect(text).toContain('75.59');
  expect(text).toContain('1000 tiny runs, from the command to the last file:');
  expect(text).toContain('1.027 (1.000–2.000)');
  for (const table of text.split('\n\n').filter((part) => part.startsWith('|'))) {
    expect(new Set(table.split('\n').map((line) => line.length)).size).toBe(1);
  }
});
