import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { comparisonLines } from '../../lib/report/text/comparison-live.js';
import { ComparisonProgress } from '../../lib/report/text/comparison-progress.js';
import type { RunEvent } from '../../lib/runs/types.js';

const runs = (['er', 'joint'] as const).flatMap((strategy) =>
  [1, 2].map((seed) => ({ strategy, seed, tasks: 3, epochs: 2 })),
);

function started(seed: number, strategy = 'er'): RunEvent {
  return { type: 'start', strategy, config: { strategy, seed, tasks: 3, epochs: 2 } } as unknown as RunEvent;
}

const ended = (seed: number): RunEvent =>
  ({ type: 'end', result: { config: { strategy: 'er', seed } } }) as unknown as RunEvent;

/** After this, `task` tasks and a half are learnt. */
const half = (task: number): RunEvent => ({
  type: 'progress',
  task,
  epoch: 0,
  step: 10,
  steps: 10,
  loss: 0.25,
  samplesPerSecond: 100,
  secondsLeft: 1,
});

describe('how far a comparison is', () => {
  test('joint training counts for the tasks that it learns again', () => {
    const progress = new ComparisonProgress(runs);
    // Epochs over a task's images: er 2 · 3, twice; joint 2 · (1 + 2 + 3), twice: 36 in all.
    progress.begin(2, 1);
    progress.event(started(1));
    progress.event(half(0)); // 1 of 36
    expect(progress.done).toBeCloseTo(1 / 36, 12);
    progress.event(ended(1));
    expect(progress.done).toBeCloseTo(6 / 36, 12);
    expect(progress.finished).toBe(1);
  });

  test('the time left is that of what is left at the speed so far', () => {
    let now = 5_000;
    const progress = new ComparisonProgress(runs, () => now);
    expect(progress.secondsLeft).toBeUndefined();
    progress.begin(2, 1);
    progress.event(started(1));
    expect(progress.secondsLeft).toBeUndefined();
    now += 2_000;
    progress.event(half(0)); // an epoch of 36 in 2 s
    expect(progress.secondsLeft).toBeCloseTo(70, 10);
  });

  test('runs that were done before take no time, and those beside the first are as far as it', () => {
    let now = 0;
    const progress = new ComparisonProgress(runs, () => now);
    progress.reused({ strategy: 'er', seed: 1 });
    progress.reused({ strategy: 'er', seed: 2 });
    progress.begin(2, 2);
    progress.event(started(1, 'joint'));
    now = 3_000;
    progress.event(half(1)); // half of 6 · 2 epochs, by both: 12 of 24
    expect(progress.beside).toBe(1);
    expect(progress.done).toBeCloseTo(24 / 36, 12);
    expect(progress.secondsLeft).toBeCloseTo(3, 10);
  });
});

test.each([1, 10, 20, 39, 59, 79, 199])('the picture has five lines, at most %d wide', (columns) => {
  const progress = new ComparisonProgress(runs);
  const pictures = [comparisonLines(progress, 'loading', columns, picocolors.createColors(true))];
  progress.begin(2, 2);
  for (const event of [started(1), half(0), half(2)]) {
    progress.event(event);
    pictures.push(comparisonLines(progress, 'loading', columns, picocolors.createColors(true)));
  }
  for (const picture of pictures) {
    const lines = picture.split('\n').map(stripVTControlCharacters);
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  }
});

test('it names the method, the seed, what trains beside it and what is to come', () => {
  const progress = new ComparisonProgress(runs);
  progress.begin(2, 2);
  progress.event(started(1));
  progress.event(half(0));
  const lines = comparisonLines(progress, 'loading', 79, picocolors.createColors(false)).split('\n');
  expect(lines[1]).toMatch(/^▸ er, seed 1 +█+░+ +16 %$/);
  expect(lines[2]).toMatch(/^ {2}task 0 \(of 3\) {2}epoch 1\/2 {2}loss 0\.2500 {2}▁$/);
  expect(lines[3]).toBe('· 1 run trains beside it; joint to come');
  expect(lines[4]).toMatch(/^ {2}all runs +█*░+ +5 % {2}0 of 4 done {2}[\d.]+ s left$/);
});
