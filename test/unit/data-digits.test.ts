import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { composed, paddedColumns, paddedShape } from '../../lib/benchmarks/padding.js';
import { digits } from '../../lib/datasets/digits.js';
import { ROLE_NAMES, ROLES } from '../../lib/datasets/formats/idx-files.js';
import {
  type Dataset,
  downloadDataset,
  loadDataset,
  withExamplesPerClass,
} from '../../lib/datasets/index.js';

const folder = await downloadDataset('digits');

test.each(ROLE_NAMES)('the %s that come with this package are the recorded ones', (role) => {
  const { file } = ROLES[role];
  const packed = readFileSync(join(folder, `${file}.gz`));
  const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const sha256 = digest(packed);
  expect(digits.downloads).toContainEqual({ name: `${file}.gz`, bytes: packed.length, sha256 });
  expect(digits.digests[file]).toEqual({ fileSha256: sha256, contentSha256: digest(gunzipSync(packed)) });
});

test('digits has the classes that its publishers count, and both parts have all of them', async () => {
  const { train, test: measured, width, height, classes } = await loadDataset('digits');
  expect([train.rows, measured.rows, width, height, classes]).toEqual([1437, 360, 8, 8, 10]);
  // UCI Machine Learning Repository, optdigits.names: the class distribution of the testing set.
  const published = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180];
  const all = [...train.labels, ...measured.labels];
  expect(published.map((_, label) => all.filter((each) => each === label).length)).toEqual(published);
  expect(new Set(measured.labels).size).toBe(10);
  // Pixels have 17 shades.
  expect(new Set(train.images).size).toBe(17);
  expect(
    [...train.images].every((byte) => Math.abs((byte * 16) / 255 - Math.round((byte * 16) / 255)) < 0.04),
  ).toBe(true);
});

test('the first examples of each class are kept, in their order', () => {
  const labels = Uint8Array.of(2, 0, 2, 1, 2, 0, 0);
  const images = Uint8Array.from({ length: 14 }, (_, place) => place);
  const whole: Dataset = {
    name: 'digits',
    source: 'made up',
    channels: 1,
    width: 2,
    height: 1,
    features: 2,
    classes: 3,
    classNames: null,
    normalisation: null,
    train: { images, labels, rows: 7 },
    test: { images, labels, rows: 7 },
  };
  const { train, test: measured } = withExamplesPerClass(whole, 2);
  expect([...train.labels]).toEqual([2, 0, 2, 1, 0]);
  expect([...train.images]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 10, 11]);
  expect(train.rows).toBe(5);
  expect(measured).toBe(whole.test);
  expect(withExamplesPerClass(whole, 0)).toBe(whole);
});

test('padding puts black pixels around each channel, under whatever a stream shows', () => {
  expect(paddedShape([2, 1, 2], 1)).toEqual([2, 3, 4]);
  const around = [...paddedColumns([2, 1, 2], 1)];
  expect(around).toEqual([
    ...[-1, -1, -1, -1, -1, 0, 1, -1, -1, -1, -1, -1],
    ...[-1, -1, -1, -1, -1, 2, 3, -1, -1, -1, -1, -1],
  ]);
  expect([...composed(Int32Array.of(6, -1, 0, 18), Int32Array.from(around))]).toEqual([1, -1, -1, 3]);
  expect([...paddedColumns([1, 2, 2], 0)]).toEqual([0, 1, 2, 3]);
});
