import { describe, expect, test } from 'vitest';
import { bestMethods } from '../../lib/metrics/best.js';
import type { SeedValue } from '../../lib/metrics/paired.js';

const seeds = (...values: number[]): SeedValue[] => values.map((value, seed) => ({ seed, value }));
const best = (methods: SeedValue[][], better: 1 | -1 = 1): number[] => [...bestMethods(methods, better)];

describe('the best of several methods', () => {
  test('is the one whose seeds are all clearly better', () => {
    expect(best([seeds(90, 91, 92), seeds(80, 81, 82), seeds(70, 71, 72)])).toEqual([0]);
    expect(best([seeds(90, 91, 92), seeds(80, 81, 82)], -1)).toEqual([1]);
  });

  test('is shared by what the seeds do not tell from it', () => {
    expect(best([seeds(90, 92, 91), seeds(91, 90.5, 91.6), seeds(50, 51, 52)])).toEqual([0, 1]);
  });

  test('is none where nothing is told apart, with one seed, or of one method', () => {
    expect(best([seeds(90, 92, 91), seeds(91, 90.5, 91.6)])).toEqual([]);
    expect(best([seeds(90), seeds(10)])).toEqual([]);
    expect(best([seeds(90, 91), seeds(10)])).toEqual([]);
    expect(best([seeds(90, 91)])).toEqual([]);
    expect(best([])).toEqual([]);
  });

  test('takes no notice of a method that has no such measure', () => {
    expect(best([[], seeds(90, 91, 92), seeds(80, 81, 82)])).toEqual([1]);
  });

  // R: t.test(c(1, 2, 3, 4, 5), c(0.1, 1.3, 2.0, 3.2, 4.1), paired = TRUE): differences 0.9 0.7 1 0.8 0.9, p < 0.001.
  test('pairs by seed: what varies with the seed alone does not hide a difference', () => {
    expect(best([seeds(1, 2, 3, 4, 5), seeds(0.1, 1.3, 2, 3.2, 4.1)])).toEqual([0]);
    const others = seeds(0.1, 1.3, 2, 3.2, 4.1).map(({ seed, value }) => ({ seed: seed + 10, value }));
    // Welch's t of the same: 0.86, p = 0.41.
    expect(best([seeds(1, 2, 3, 4, 5), others])).toEqual([]);
  });

  // By hand: differences d ± e have mean d and standard error e; for two seeds t is 12.706.
  test.each([
    [12.8, [0]],
    [12.6, []],
  ])('two seeds: a difference of %f standard errors', (mean, expected) => {
    expect(best([seeds(mean - 1, mean + 1), seeds(0, 0)])).toEqual(expected);
  });

  test('equal in every digit, seed by seed, is alike; a difference that never varies is clear', () => {
    expect(best([seeds(90, 91), seeds(90, 91), seeds(1, 2)])).toEqual([0, 1]);
  });
});
