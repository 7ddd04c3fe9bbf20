import { expect, test } from 'vitest';
import { type Dataset, withValidationSplit } from '../../lib/datasets/index.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const dataset: Dataset = {
  name: 'mnist',
  source: 'made up',
  channels: 1,
  width: 2,
  height: 1,
  features: 2,
  classes: 3,
  classNames: null,
  normalisation: null,
  train: { images: bytes(1, 2, 3, 4, 5, 6, 7, 8), labels: bytes(0, 1, 2, 1), rows: 4 },
  test: { images: bytes(9, 9), labels: bytes(0), rows: 1 },
};

test('the last training images take the place of the test images', () => {
  expect(withValidationSplit(dataset, 1)).toEqual({
    ...dataset,
    train: { images: bytes(1, 2, 3, 4, 5, 6), labels: bytes(0, 1, 2), rows: 3 },
    test: { images: bytes(7, 8), labels: bytes(1), rows: 1 },
  });
});

test('none set apart leaves the data set as it is', () => {
  expect(withValidationSplit(dataset, 0)).toBe(dataset);
});

test.each([4, 5])('setting %i of 4 apart is refused', (rows) => {
  expect(() => withValidationSplit(dataset, rows)).toThrow(/there are only 4 training images/);
});
