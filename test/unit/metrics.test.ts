import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { average, taskMean } from '../../lib/metrics/index.js';

interface Fixture {
  readonly entries: readonly { readonly row: number[]; readonly mean: number; readonly rounded: number }[];
}

/** Recorded from numpy by test/reference/make_numpy_rounding.py. */
const fixture = new URL('../fixtures/numpy-rounding.json', import.meta.url);
const { entries } = JSON.parse(await readFile(fixture, 'utf8')) as Fixture;

test('the fixture reaches every branch of the summation', () => {
  const lengths = entries.map(({ row }) => row.length);
  expect(lengths.some((n) => n < 8)).toBe(true);
  expect(lengths.some((n) => n >= 8 && n <= 128 && n % 8 !== 0)).toBe(true);
  expect(lengths.some((n) => n > 256)).toBe(true);
});

test.each(entries)('mean and rounding of $row.length values, numpy $mean', ({ row, mean, rounded }) => {
  expect(average(row)).toBe(mean);
  expect(taskMean(row)).toBe(rounded);
});

test('the reference implementation', () => {
  const means = [[96.78], [85.19, 97.0], [52.66, 89.14, 97.27]].map(taskMean);
  expect(means).toEqual([96.78, 91.1, 79.69]);
  expect(taskMean([average(means)])).toBe(89.19);
});
