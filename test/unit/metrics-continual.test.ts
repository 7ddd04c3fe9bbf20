import { describe, expect, test } from 'vitest';
import {
  averageAccuracy,
  backwardTransfer,
  continualMetrics,
  forgetting,
  forgettingByTask,
  forwardTransfer,
  learningAccuracy,
} from '../../lib/metrics/index.js';

/** Three tasks with their upper triangle; task 0 gets better before it is forgotten. Worked out by hand below. */
const matrix = [
  [80, 20, 14],
  [90, 70, 16],
  [50, 64, 60],
];
const initial = [10, 12, 9];

describe('by hand, for three tasks', () => {
  test('ACC: (50 + 64 + 60) / 3', () => expect(averageAccuracy(matrix)).toBe(58));
  test('BWT: ((50 - 80) + (64 - 70)) / 2', () => expect(backwardTransfer(matrix)).toBe(-18));
  test('FWT: ((20 - 12) + (16 - 9)) / 2', () => expect(forwardTransfer(matrix, initial)).toBe(7.5));
  test('forgetting: (90 - 50, 70 - 64)', () => {
    expect(forgettingByTask(matrix)).toEqual([40, 6]);
    expect(forgetting(matrix)).toBe(23);
  });
  test('learning accuracy: (80 + 70 + 60) / 3', () => expect(learningAccuracy(matrix)).toBe(70));
});

test('a task that got better has negative forgetting', () => {
  const better = [[50], [55, 80], [70, 90, 99]];
  expect(forgettingByTask(better)).toEqual([-15, -10]);
  expect(backwardTransfer(better)).toBe(15);
});

describe('the published definitions, written out with their own indices from 1', () => {
  const T = 6;
  let state = 7;
  const random = (): number => {
    state = (state * 48271) % 2147483647;
    return (100 * state) / 2147483647;
  };
  const full = Array.from({ length: T }, () => Array.from({ length: T }, random));
  const b = Array.from({ length: T }, random);
  const R = (i: number, j: number): number => full[i - 1]?.[j - 1] as number;
  const lower = full.map((row, i) => row.slice(0, i + 1));

  test('of Lopez-Paz and Ranzato (2017), equations 2 to 4', () => {
    let acc = 0;
    let bwt = 0;
    let fwt = 0;
    for (let i = 1; i <= T; ++i) acc += R(T, i) / T;
    for (let i = 1; i <= T - 1; ++i) bwt += (R(T, i) - R(i, i)) / (T - 1);
    for (let i = 2; i <= T; ++i) fwt += (R(i - 1, i) - (b[i - 1] as number)) / (T - 1);
    expect(averageAccuracy(full)).toBeCloseTo(acc, 10);
    expect(backwardTransfer(full)).toBeCloseTo(bwt, 10);
    expect(forwardTransfer(full, b)).toBeCloseTo(fwt, 10);
  });

  test('of Chaudhry et al. (2018), over the models that have seen the task', () => {
    let sum = 0;
    for (let j = 1; j <= T - 1; ++j) {
      let best = Number.NEGATIVE_INFINITY;
      for (let l = j; l <= T - 1; ++l) best = Math.max(best, R(l, j));
      sum += best - R(T, j);
    }
    expect(forgetting(full)).toBeCloseTo(sum / (T - 1), 10);
  });

  test('the upper triangle changes forward transfer only', () => {
    for (const metric of [averageAccuracy, backwardTransfer, forgetting, learningAccuracy])
      expect(metric(lower)).toBe(metric(full));
  });

  test('in one object', () => {
    const later = full.map((row, i) => row.slice(i + 1));
    expect(continualMetrics(lower, { initial: b, later })).toEqual({
      averageAccuracy: averageAccuracy(full),
      learningAccuracy: learningAccuracy(full),
      forgetting: forgetting(full),
      backwardTransfer: backwardTransfer(full),
      forwardTransfer: forwardTransfer(full, b),
    });
    expect(continualMetrics(lower, null)).toMatchObject({ forwardTransfer: null });
  });
});

test('what compares tasks is null for a single one; all is null for none', () => {
  expect(continualMetrics([[91]], { initial: [10, 10], later: [[12]] })).toEqual({
    averageAccuracy: 91,
    learningAccuracy: 91,
    forgetting: null,
    backwardTransfer: null,
    forwardTransfer: null,
  });
  expect(continualMetrics([], null)).toBeNull();
});
