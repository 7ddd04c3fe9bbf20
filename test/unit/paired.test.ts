import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { holm, pairedDifference, type SeedValue } from '../../lib/metrics/paired.js';
import { studentQuantile, studentTail } from '../../lib/metrics/student.js';

interface Pair {
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  readonly interval: readonly [number, number];
  readonly p: number;
}

interface Fixture {
  readonly tails: readonly { readonly t: number; readonly freedom: number; readonly p: number }[];
  readonly quantiles: readonly {
    readonly probability: number;
    readonly freedom: number;
    readonly t: number;
  }[];
  readonly pairs: readonly Pair[];
  readonly holm: readonly {
    readonly probabilities: readonly number[];
    readonly adjusted: readonly number[];
  }[];
}

/** Made with SciPy 1.17.1 by test/reference/make_paired.py. */
const fixture = new URL('../fixtures/paired.json', import.meta.url);
const known = JSON.parse(await readFile(fixture, 'utf8')) as Fixture;

const seeds = (values: readonly number[], first = 0): SeedValue[] =>
  values.map((value, index) => ({ seed: first + index, value }));

/** Relative, but for zero. */
const near = (found: number, expected: number, error: number): void =>
  expect(Math.abs(found - expected), `${found} for ${expected}`).toBeLessThanOrEqual(
    error * Math.abs(expected),
  );

describe('as SciPy has it', () => {
  test("Student's t: probabilities down to 1e-300", () => {
    for (const { t, freedom, p } of known.tails) {
      near(studentTail(t, freedom), p, 1e-11);
      near(studentTail(-t, freedom), p, 1e-11);
    }
  });

  test("Student's t: quantiles", () => {
    for (const { probability, freedom, t } of known.quantiles)
      near(studentQuantile(probability, freedom), t, 1e-11);
  });

  test.each(known.pairs)('a paired t-test of $first.length seeds, p = $p', (pair) => {
    const found = pairedDifference(seeds(pair.first), seeds(pair.second));
    expect(found?.mean).toBeCloseTo(pair.mean, 9);
    expect(found?.deviation).toBeCloseTo(pair.deviation, 9);
    expect(found?.interval[0]).toBeCloseTo(pair.interval[0], 8);
    expect(found?.interval[1]).toBeCloseTo(pair.interval[1], 8);
    near(found?.p ?? Number.NaN, pair.p, 1e-7);
  });

  test.each(known.holm)('Holm of $probabilities.length tests', ({ probabilities, adjusted }) => {
    const found = holm(probabilities);
    for (const [index, expected] of adjusted.entries()) near(found[index] ?? Number.NaN, expected, 1e-14);
  });
});

test("Student's t of one degree of freedom is Cauchy's, near zero and far from it", () => {
  for (const t of [1e-9, 1e-6, 0.5, 3, 1e6])
    near(
      studentTail(t, 1),
      t < 1 ? 1 - (2 / Math.PI) * Math.atan(t) : (2 / Math.PI) * Math.atan(1 / t),
      1e-13,
    );
});

test('only seeds that are in both count, whatever their order', () => {
  const [first, second] = [seeds([5, 7, 9], 1), seeds([100, 1, 2, 4], 0)];
  const found = pairedDifference(first, [...second].reverse());
  expect(found).toEqual(pairedDifference(seeds([5, 7, 9], 1), seeds([1, 2, 4], 1)));
  expect(found?.seeds).toEqual([1, 2, 3]);
});

test('fewer than two common seeds are no test', () => {
  expect(pairedDifference(seeds([1, 2]), seeds([1, 2], 1))).toBeNull();
  expect(pairedDifference(seeds([1, 2]), seeds([1, 2], 5))).toBeNull();
  expect(pairedDifference([], [])).toBeNull();
});

test('differences that are all the same', () => {
  expect(pairedDifference(seeds([1, 2]), seeds([1, 2]))).toMatchObject({ mean: 0, p: 1, interval: [0, 0] });
  expect(pairedDifference(seeds([3, 4]), seeds([1, 2]))).toMatchObject({ mean: 2, p: 0, interval: [2, 2] });
});
