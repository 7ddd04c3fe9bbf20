import { describe, expect, test } from 'vitest';
import { blackColumns, withBlackPixels } from '../../lib/benchmarks/black.js';
import { normalisationEntries, readNormalisation } from '../../lib/checkpoint/normalisation.js';
import { parseConfig } from '../../lib/config/parse.js';
import { knownDataset } from '../../lib/datasets/catalog.js';
import {
  byteValues,
  type Dataset,
  type Normalisation,
  normalisationOf,
  normalisedNumbers,
} from '../../lib/datasets/index.js';
// What PyTorch and NumPy make of the same: see test/reference/make_normalisation.py.
import fixture from '../fixtures/normalisation.json' with { type: 'json' };

test.each(Object.entries(fixture.values))(
  'bytes of %s are those of ToTensor and Normalize, bit for bit',
  (name, expected) => {
    const found = byteValues(expected);
    expect(Buffer.from(found.buffer).toString('base64')).toBe(expected.values);
    if (name === 'halves') return;
    expect(knownDataset(name as 'mnist').normalisation).toEqual({
      means: expected.means,
      deviations: expected.deviations,
    });
  },
);

/** Five colour pictures of 2 × 4 pixels. */
const bytes = Uint8Array.from({ length: 5 * 24 }, (_, place) => (place * 37) % 251);
function datasetOf(images: Uint8Array | Float32Array, normalisation: Normalisation | null = null): Dataset {
  const split = { images, labels: Uint8Array.of(0, 1, 0, 1, 0), rows: 5 };
  const shape = { channels: 3, height: 2, width: 4, features: 24 };
  return {
    name: 'mnist',
    source: '',
    ...shape,
    classes: 2,
    classNames: null,
    normalisation,
    train: split,
    test: split,
  };
}

describe("the data set's own numbers", () => {
  test.each([
    ['bytes', bytes],
    ['numbers', Float32Array.from(bytes, (byte) => byte / 255)],
  ])('of %s are those that NumPy measures', (_, images) => {
    const found = normalisationOf('data-set', datasetOf(images));
    for (const part of ['means', 'deviations'] as const) {
      for (const [channel, value] of fixture.measured[part].entries()) {
        expect(found?.[part][channel]).toBeCloseTo(value, images === bytes ? 14 : 7);
      }
    }
  });

  test('are the published ones where there are such', () => {
    const known = { means: [1, 2, 3], deviations: [4, 5, 6] };
    expect(normalisationOf('data-set', datasetOf(bytes, known))).toBe(known);
    expect(normalisationOf('none', datasetOf(bytes, known))).toBeUndefined();
  });

  test('of a channel of one value are that value and 1', () => {
    const found = normalisationOf('data-set', datasetOf(new Uint8Array(120).fill(51)));
    expect(found).toEqual({ means: [0.2, 0.2, 0.2], deviations: [1, 1, 1] });
  });
});

test('numbers are given for each channel, or once for all', () => {
  expect(normalisationOf([1, 2, 3, 4, 5, 6], datasetOf(bytes))).toEqual({
    means: [1, 2, 3],
    deviations: [4, 5, 6],
  });
  expect(normalisationOf([0.5, 2], datasetOf(bytes))).toEqual({
    means: [0.5, 0.5, 0.5],
    deviations: [2, 2, 2],
  });
  expect(() => normalisationOf([1, 2, 3, 4], datasetOf(bytes))).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/4 numbers, .* 3 channel.* 6 numbers/),
    }),
  );
});

test.each([['other'], [[1]], [[1, 2, 3]], [[0, 0]], [[0, -1]], [[Number.NaN, 1]], [[]]])(
  'normalisation %o is refused',
  (normalisation) => {
    expect(() => parseConfig({ strategy: 'er', normalisation: normalisation as never })).toThrow(
      /normalisation \(--normalisation\): (expected none, data-set, or a mean|there must be as many deviations)/,
    );
  },
);

test('numbers are normalised channel by channel', () => {
  const numbers = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const found = normalisedNumbers(numbers, 4, { means: [1, 2], deviations: [2, 4] });
  expect([...found]).toEqual([0, 0.5, 0.25, 0.5, 2, 2.5, 1.25, 1.5]);
});

test('a model file tells them with all digits', () => {
  const normalisation = { means: [1 / 3, 0.1], deviations: [Math.SQRT1_2, 7] };
  expect(readNormalisation(normalisationEntries(normalisation))).toEqual(normalisation);
  for (const metadata of [
    {},
    { normalisationMeans: '1' },
    { normalisationMeans: '1,2', normalisationDeviations: '1' },
    { normalisationMeans: 'x', normalisationDeviations: '1' },
    { normalisationMeans: '1', normalisationDeviations: '0' },
  ]) {
    expect(readNormalisation(metadata)).toBeUndefined();
  }
});

test('what shows nothing shows the black pixel of its channel', () => {
  expect([...withBlackPixels(Uint8Array.of(1, 2, 3, 4), 2)]).toEqual([1, 2, 0, 3, 4, 0]);
  const inner = Int32Array.of(-1, 0, 1, -1, 2, 3); // a column of black before each plane of two pixels
  expect([...blackColumns(undefined, inner, 2, 2)]).toEqual([2, 0, 1, 5, 3, 4]);
  expect([...blackColumns(Int32Array.of(5, -1, 0, 3, -1, 1), inner, 2, 2)]).toEqual([4, 2, 2, 5, 5, 0]);
});
