import { describe, expect, test } from 'vitest';
import { permuted } from '../../lib/benchmarks/permuted.js';
import { rotated } from '../../lib/benchmarks/rotated.js';
import { split } from '../../lib/benchmarks/split.js';
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

describe('of images in the order of their classes', () => {
  const labels = Uint8Array.from({ length: 60 }, (_, row) => Math.floor(row / 20));
  const sorted: Dataset = {
    ...dataset,
    train: { images: Uint8Array.from({ length: 120 }, (_, place) => place >> 1), labels, rows: 60 },
  };
  const { train, test: apart } = withValidationSplit(sorted, 7);
  /** The image's number stands in its pixels. */
  const numbers = ({ images }: Dataset['train']): number[] =>
    Array.from(images).filter((_, place) => place % 2 === 0);

  test('each class has its share, in all as many as were asked for, and none is in both', () => {
    expect([...apart.labels]).toEqual([0, 0, 0, 1, 1, 2, 2]);
    expect(numbers(apart)).toEqual([17, 18, 19, 38, 39, 58, 59]);
    expect(numbers(train)).not.toEqual(expect.arrayContaining([17]));
    expect([...numbers(train), ...numbers(apart)].sort((a, b) => a - b)).toEqual([...Array(60).keys()]);
  });

  test('each task of a split stream is measured on images of its own classes that none trains on', () => {
    const options = { tasks: 3, classesPerTask: 1, classOrder: [2, 0, 1], classSeed: 1 } as const;
    const known = {
      input: [1, 1, 2],
      features: 2,
      classes: 3,
      trainLabels: train.labels,
      testLabels: apart.labels,
    };
    const tasks = split.plan(options, known);
    expect(tasks.map(({ test: { rows } }) => [...(rows ?? [])])).toEqual([
      [5, 6],
      [0, 1, 2],
      [3, 4],
    ]);
    expect(tasks.map(({ train: { rows } }) => rows?.length)).toEqual([18, 17, 18]);
  });
});

describe('silent bugs of the field', () => {
  const data = {
    ...{ input: [1, 4, 4], features: 16, classes: 3 },
    ...{ trainLabels: bytes(0, 1, 2, 0, 1, 2), testLabels: bytes(0, 1, 2) },
  };
  const base = { tasks: 3, permutationSeed: 1, angleSeed: 1, classSeed: 1, classesPerTask: 1 };
  const more = { firstTask: 'permuted', angles: 'drawn', angleRange: 180, classOrder: 'seeded' } as const;
  const planned = (seed: number): object[] =>
    [permuted, rotated, split].map(({ plan }) => {
      const seeds = { permutationSeed: seed, angleSeed: seed, classSeed: seed };
      return plan({ ...base, ...more, ...seeds }, data);
    });

  test('training and test images of a task are shown by the same table, and of two tasks by two', () => {
    for (const { plan } of [permuted, rotated]) {
      const tasks = plan({ ...base, ...more }, data);
      for (const task of tasks) expect(task.test.columns).toEqual(task.train.columns);
      expect(new Set(tasks.map(({ train }) => String(train.columns))).size).toBe(3);
    }
  });

  test('a seed is heard: the same one gives the same stream, another one another', () => {
    expect(planned(4)).toEqual(planned(4));
    for (const [stream, other] of planned(4).map((each, index) => [each, planned(5)[index]]))
      expect(stream).not.toEqual(other);
  });
});
