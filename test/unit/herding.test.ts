import { expect, test } from 'vitest';
import { PythonRandom } from '../../lib/random/python-random.js';
import { herd } from '../../lib/strategies/rehearsal/herding.js';

/** Numbers from 0 to 1 that look like chance, the same each time. */
function features(rows: number, width: number): Float32Array {
  const random = new PythonRandom(7);
  return Float32Array.from({ length: rows * width }, () => random.random());
}

/** By the definition: every candidate's mean is made anew, and compared with the mean of all. */
function herdByDefinition(values: Float32Array, width: number, count: number): number[] {
  const rows = Array.from({ length: values.length / width }, (_, row) => {
    const own = [...values.subarray(row * width, (row + 1) * width)];
    const length = Math.hypot(...own);
    return own.map((value) => value / length);
  });
  const meanOf = (chosen: readonly number[]): number[] =>
    Array.from(
      { length: width },
      (_, i) => chosen.reduce((sum, row) => sum + (rows[row]?.[i] ?? 0), 0) / chosen.length,
    );
  const mean = meanOf([...rows.keys()]);
  const chosen: number[] = [];
  while (chosen.length < count) {
    const others = [...rows.keys()].filter((row) => !chosen.includes(row));
    const distances = others.map((row) =>
      Math.hypot(...meanOf([...chosen, row]).map((value, i) => value - (mean[i] ?? 0))),
    );
    chosen.push(others[distances.indexOf(Math.min(...distances))] ?? Number.NaN);
  }
  return chosen;
}

test.each([
  [40, 5, 12],
  [17, 3, 17],
  [60, 16, 25],
])(
  'of %i rows of %i features takes the %i that its definition takes, in that order',
  (rows, width, count) => {
    const values = features(rows, width);
    expect([...herd(values, width, count)]).toEqual(herdByDefinition(values, width, count));
  },
);

test('takes all where there are no more, each once, and rows of zeros, too', () => {
  const values = features(6, 4).fill(0, 8, 12);
  expect([...herd(values, 4, 10)].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(herd(values, 4, 0)).toHaveLength(0);
});

test('a few represent the whole better than the first ones do', () => {
  const [rows, width, count] = [300, 8, 40];
  const values = features(rows, width);
  const unit = (row: number): number[] => {
    const own = [...values.subarray(row * width, (row + 1) * width)];
    return own.map((value) => value / Math.hypot(...own));
  };
  const distance = (chosen: readonly number[]): number => {
    const means = [chosen, [...Array(rows).keys()]].map((of) =>
      Array.from(
        { length: width },
        (_, i) => of.reduce((sum, row) => sum + (unit(row)[i] ?? 0), 0) / of.length,
      ),
    );
    return Math.hypot(...(means[0] ?? []).map((value, i) => value - (means[1]?.[i] ?? 0)));
  };
  expect(distance([...herd(values, width, count)])).toBeLessThan(distance([...Array(count).keys()]) / 3);
});
