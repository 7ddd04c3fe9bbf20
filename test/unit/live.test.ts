import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { liveLines } from '../../lib/report/text/live.js';
import { RunProgress } from '../../lib/report/text/run-progress.js';
import { Curve, sparkline } from '../../lib/report/text/sparkline.js';
import type { RunEvent } from '../../lib/runs/types.js';

const plain = picocolors.createColors(false);

const progress: Extract<RunEvent, { type: 'progress' }> = {
  type: 'progress',
  task: 4,
  epoch: 2,
  step: 118,
  steps: 236,
  loss: 0.12345,
  samplesPerSecond: 51_234.4,
  secondsLeft: 130,
};
const search: Extract<RunEvent, { type: 'search' }> = {
  type: 'search',
  phase: 'direction',
  label: 'finding the direction',
  task: 4,
  step: 10,
  steps: 20,
  objective: 'loss along it',
  value: 0.25,
};

const point = {
  phase: 'equilibrium-point',
  label: 'finding the equilibrium point',
  objective: 'loss',
};

function runAfter(...events: RunEvent[]): RunProgress {
  const run = new RunProgress({ tasks: 10, epochs: 5 });
  run.event({ type: 'task-start', task: 4, tasks: 10, epochs: 5 });
  for (const event of events) run.event(event);
  return run;
}

function lines(run: RunProgress, columns: number): string[] {
  return liveLines(run, columns, plain).split('\n');
}

describe('a sparkline', () => {
  test('goes from the least to the greatest', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([70, 35, 0], 8)).toBe('█▅▁');
  });

  test('averages what there is no room for', () => {
    // Means of pairs: 1, 3, 8.
    expect(sparkline([0, 2, 2, 4, 7, 9], 3)).toBe('▁▃█');
  });

  test.each([
    ['nothing', [], 8, ''],
    ['one value', [3], 8, '▁'],
    ['equal values', [3, 3], 8, '▁▁'],
    ['no room', [1, 2], 0, ''],
    ['less than no room', [1, 2], -3, ''],
    ['a gap', [1, Number.NaN, 2], 8, '▁ █'],
  ])('of %s', (_, values, width, expected) => {
    expect(sparkline(values, width)).toBe(expected);
  });
});

describe('a curve', () => {
  test('keeps its points as long as they are few', () => {
    const curve = new Curve();
    for (const value of [3, 1, 2]) curve.add(value);
    expect(curve.points).toEqual([3, 1, 2]);
  });

  test('of very many values stays small and true', () => {
    const curve = new Curve();
    for (let i = 0; i < 100_000; ++i) curve.add(i);
    expect(curve.points.length).toBeGreaterThanOrEqual(128);
    expect(curve.points.length).toBeLessThanOrEqual(256);
    // A straight line stays one: 1024 values a point, the first point the mean of 0…1023.
    const steps = curve.points.slice(1).map((point, i) => point - (curve.points[i] ?? 0));
    expect(new Set(steps)).toEqual(new Set([1024 / 2]));
    expect(curve.points[0]).toBe((1024 / 2 - 1) / 2);
  });
});

describe('how far a run is', () => {
  test('from the progress of its training', () => {
    const run = runAfter(progress);
    // 2 epochs and a half of 5, in task 4 of 10.
    expect(run.activity.done).toBeCloseTo(0.5, 12);
    expect(run.done).toBeCloseTo(0.45, 12);
    expect(run.activity).toMatchObject({
      name: 'epoch 3/5',
      measure: 'loss',
      value: 0.12345,
      curve: [0.12345],
    });
    expect(run.throughput).toEqual({ samplesPerSecond: 51_234.4, secondsLeft: 130 });
  });

  test('from the end of epochs that are over before they tell of themselves', () => {
    const stepLosses = Float32Array.of(2, 0.5);
    const told = { type: 'epoch', task: 4, epoch: 2, loss: 1.25, seconds: 0.02, stepLosses } as const;
    const epoch = { ...told, cudaGraphs: null };
    const run = runAfter({ ...epoch, samplesPerSecond: 5000, secondsLeft: 3 });
    run.event({
      ...epoch,
      epoch: 3,
      stepLosses: Float32Array.of(0.25),
      samplesPerSecond: 5000,
      secondsLeft: 2,
    });
    // 4 epochs of 5, in task 4 of 10.
    expect(run.activity).toMatchObject({
      name: 'epoch 4/5',
      measure: 'loss',
      value: 0.25,
      curve: [0.5, 0.25],
    });
    expect(run.activity.done).toBeCloseTo(0.8, 12);
    expect(run.done).toBeCloseTo(0.48, 12);
    expect(run.throughput).toEqual({ samplesPerSecond: 5000, secondsLeft: 2 });
  });

  test('a search has a curve of its own, and so has the training after it', () => {
    const run = runAfter(search, { ...search, step: 20, value: 0.125 });
    expect(run.activity).toMatchObject({
      name: 'finding the direction',
      measure: 'loss along it',
      curve: [0.25, 0.125],
      done: 1,
    });
    run.event(progress);
    expect(run.activity).toMatchObject({ measure: 'loss', curve: [0.12345] });
    run.event({ ...search, ...point });
    expect(run.activity).toMatchObject({
      name: 'finding the equilibrium point',
      measure: 'loss',
      curve: [0.25],
    });
    expect(run.done).toBeCloseTo(0.45, 12);
  });

  test('a new task begins at nothing', () => {
    const run = runAfter(progress, { type: 'task-start', task: 5, tasks: 10, epochs: 5 });
    expect(run.task).toBe(5);
    expect(run.activity).toMatchObject({ name: 'epoch 1/5', done: 0, value: undefined, curve: [] });
  });
});

describe('the live lines', () => {
  test('say all on 80 columns', () => {
    // The last line's other parts leave 79 - 20 - 5 - 16 - 16 - 4 * 2 = 14 for the bars; 50 % and 45 % of 14 are 7 and 6.3.
    expect(lines(runAfter(progress), 79)).toEqual([
      '',
      `▸ task 4  epoch 3/5   ${'█'.repeat(7)}${'░'.repeat(7)}   50 %`,
      '  loss 0.1235  ▁',
      '· tasks 5 to 9 to come',
      `  all tasks           ${'█'.repeat(6)}${'░'.repeat(8)}   45 %   51,234 images/s   2 min 10 s left`,
    ]);
  });

  test('leave out the speed on 40', () => {
    expect(lines(runAfter(progress), 39)).toEqual([
      '',
      '▸ task 4  epoch 3/5  █░   50 %',
      '  loss 0.1235  ▁',
      '· tasks 5 to 9 to come',
      '  all tasks  ░░   45 %  2 min 10 s left',
    ]);
  });

  test('show a search', () => {
    const shown = lines(runAfter(search), 79);
    expect(shown[1]).toMatch(/^▸ task 4 {2}finding the direction {2}█{7}░{7} {3}50 %$/);
    expect(shown[2]).toBe('  loss along it 0.2500  ▁');
  });

  test('show how large a tiny value is', () => {
    expect(lines(runAfter({ ...search, value: 3.21e-7 }), 79)[2]).toBe('  loss along it 3.21e-7  ▁');
    expect(lines(runAfter({ ...search, value: 0 }), 79)[2]).toBe('  loss along it 0.0000  ▁');
  });

  test('fill the bars at the end', () => {
    const run = runAfter({ ...progress, task: 9, epoch: 4, step: 236 });
    expect(lines(run, 79)[4]).toMatch(/ {2}█+ {2}100 % /);
  });

  test('name the last tasks', () => {
    const run = runAfter({ type: 'task-start', task: 8, tasks: 10, epochs: 5 });
    expect(lines(run, 79)[3]).toBe('· task 9 to come');
    run.event({ type: 'task-start', task: 9, tasks: 10, epochs: 5 });
    expect(lines(run, 79)[3]).toBe('· the last task');
  });

  test.each([1, 5, 20, 28, 29, 30, 39, 40, 59, 60, 79, 200])('are five, at most %d wide', (columns) => {
    const extreme = { ...progress, loss: 1e6, samplesPerSecond: 1e7, secondsLeft: 359_999 };
    const long = { ...search, ...point, value: 1e5 };
    for (const run of [
      runAfter(),
      runAfter(progress),
      runAfter(extreme),
      runAfter(search),
      runAfter(progress, long),
    ]) {
      const shown = liveLines(run, columns, picocolors.createColors(true)).split('\n');
      expect(shown).toHaveLength(5);
      for (const line of shown) expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(columns);
    }
  });
});
