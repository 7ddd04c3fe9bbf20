import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { besideBusyProcesses, runProgram } from '../../lib/speed/process.js';
import { epochSides } from '../../lib/speed/sides.js';
import { medianOf, ratiosOf, spreadOf } from '../../lib/speed/statistics.js';
import { sweepSides } from '../../lib/speed/sweep-sides.js';
import { benchTables } from '../../lib/speed/table.js';
import type { BenchReport } from '../../lib/speed/types.js';

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
    const options = { device: 'cpu', threads: 2, repeats: 1, engines: ['fused'], precision: 'fp32' } as const;
    const rest = { python: undefined, reference: undefined, wholeRun: undefined };
    expect(epochSides({ ...options, ...rest, busy: [1, 4] }).map(({ name }) => name)).toEqual([
      'cl-torch, fused',
      'cl-torch, fused; beside 1 busy process',
      'cl-torch, fused; beside 4 busy processes',
    ]);
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
