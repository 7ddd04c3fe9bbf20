import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { comparisonLines } from '../../lib/report/text/comparison-live.js';
import { ComparisonProgress } from '../../lib/report/text/comparison-progress.js';
import type { RunEvent } from '../../lib/runs/types.js';

const runs = (['er', 'joint'] as const).flatMap((strategy) =>
  [1, 2].map((seed) => ({ strategy, seed, tasks: 3, epochs: 2 })),
);

type Run = (typeof runs)[number];

const start = { type: 'start' } as RunEvent;
const end = { type: 'end' } as RunEvent;

/** The run begins and is the one that is told of. */
function begin(progress: ComparisonProgress, run: Run): void {
  progress.watch(run, start);
  progress.turnTo(run);
}

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

const [er1, er2, joint1, joint2] = runs as [Run, Run, Run, Run];

describe('how far a comparison is', () => {
  test('joint training counts for the tasks that it learns again', () => {
    const progress = new ComparisonProgress(runs);
    // Epochs over a task's images: er 2 · 3, twice; joint 2 · (1 + 2 + 3), twice: 36 in all.
    begin(progress, er1);
    progress.watch(er1, half(0)); // 1 of 36
    expect(progress.done).toBeCloseTo(1 / 36, 12);
    progress.watch(er1, end);
    expect(progress.done).toBeCloseTo(6 / 36, 12);
    expect(progress.finished).toBe(1);
  });

  test('the time left is that of what is left at the speed so far', () => {
    let now = 5_000;
    const progress = new ComparisonProgress(runs, () => now);
    expect(progress.secondsLeft).toBeUndefined();
    begin(progress, er1);
    expect(progress.secondsLeft).toBeUndefined();
    now += 2_000;
    progress.watch(er1, half(0)); // an epoch of 36 in 2 s
    expect(progress.secondsLeft).toBeCloseTo(70, 10);
  });

  test('runs that were done before take no time', () => {
    let now = 0;
    const progress = new ComparisonProgress(runs, () => now);
    progress.reused(er1);
    progress.reused(er2);
    begin(progress, joint1);
    progress.watch(joint2, start);
    now = 3_000;
    for (const run of [joint1, joint2]) progress.watch(run, half(1)); // half of 6 · 2 epochs, by both: 12 of 24
    expect(progress.beside).toBe(1);
    expect(progress.done).toBeCloseTo(24 / 36, 12);
    expect(progress.secondsLeft).toBeCloseTo(3, 10);
  });

  test('of unlike runs side by side each is as far as it is, also when it is over before its turn', () => {
    const progress = new ComparisonProgress(runs);
    begin(progress, joint1); // 12 epochs of 36
    for (const run of [er1, er2]) progress.watch(run, start);
    progress.watch(joint1, half(2)); // 10 of them
    progress.watch(er1, half(0)); // 1 of 6
    expect(progress.done).toBeCloseTo(11 / 36, 12);
    progress.watch(er2, end);
    expect(progress.done).toBeCloseTo(17 / 36, 12);
    expect({ beside: progress.beside, finished: progress.finished }).toEqual({ beside: 1, finished: 1 });
    progress.watch(joint1, end);
    progress.turnTo(er2); // whose events were kept for this turn
    expect(progress.current).toMatchObject({ run: er2, label: 'er' });
    expect(progress.toCome).toEqual(['joint']);
    for (const run of [er1, joint2]) progress.watch(run, end);
    expect(progress.done).toBe(1);
  });
});

test.each([1, 10, 20, 39, 59, 79, 199])('the picture has five lines, at most %d wide', (columns) => {
  const progress = new ComparisonProgress(runs);
  const pictures = [comparisonLines(progress, 'loading', columns, picocolors.createColors(true))];
  begin(progress, er1);
  progress.watch(er2, start);
  for (const event of [half(0), half(2)]) {
    progress.watch(er1, event);
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
  begin(progress, er1);
  progress.watch(er2, start);
  progress.watch(er1, half(0));
  const lines = comparisonLines(progress, 'loading', 79, picocolors.createColors(false)).split('\n');
  expect(lines[1]).toMatch(/^▸ er, seed 1 +█+░+ +16 %$/);
  expect(lines[2]).toMatch(/^ {2}task 0 \(of 3\) {2}epoch 1\/2 {2}loss 0\.2500 {2}▁$/);
  expect(lines[3]).toBe('· 1 run trains beside it; joint to come');
  expect(lines[4]).toMatch(/^ {2}all runs +█*░+ +2 % {2}0 of 4 done {2}[\d.]+ s left$/);
});
