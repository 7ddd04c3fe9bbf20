import { describe, expect, test } from 'vitest';
import { runProgram } from '../../lib/speed/process.js';
import { medianOf, ratiosOf, spreadOf } from '../../lib/speed/statistics.js';
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

test('the table is Markdown whose lines are equally long', () => {
  const one = { median: 1.5, least: 1, greatest: 2 };
  const report = {
    date: '2026-11-24T00:00:00Z',
    processor: 'A processor',
    cpus: 2,
    environment: { device: 'cpu', deviceName: 'AVX512', node: '20.0.0', libtorch: '2.14.1' },
    options: { threads: 2, repeats: 5, wholeRun: { tasks: 10, epochs: 5 } },
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
  } as unknown as BenchReport;
  const text = benchTables(report);
  expect(text).toContain('1.50 (1.00–2.00)');
  expect(text).toContain('300 (200–400)');
  expect(text).toContain('75.59');
  for (const table of text.split('\n\n').filter((part) => part.startsWith('|'))) {
    expect(new Set(table.split('\n').map((line) => line.length)).size).toBe(1);
  }
});
