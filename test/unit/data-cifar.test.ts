import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Dataset, dataStatus, loadDataset, verifyDataset } from '../../lib/datasets/index.js';
import { archived, cifar10Archive, cifar10Files, cifarRows, type Painter } from '../support/cifar.js';
import { tar } from '../support/tar.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-cifar-'));
  vi.stubEnv('CL_TORCH_CACHE', join(folder, 'cache'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Writes files into a new folder. */
function put(name: string, files: Readonly<Record<string, Uint8Array>>): string {
  const into = join(folder, name);
  mkdirSync(into, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(into, file), bytes);
  return into;
}

/** Tells every byte of a small data set apart. */
const apart: Painter = (label, x, y) => [label + x, 100 + y, (x * y + label) % 256];

/** What the rows hold, counted without the reader's own ways. */
function requirePixels({ train }: Dataset, labels: readonly number[]): void {
  expect([...train.labels]).toEqual(labels);
  for (const [row, label] of labels.entries()) {
    for (const [x, y] of [
      [0, 0],
      [31, 0],
      [0, 31],
      [5, 17],
    ] as const) {
      const place = row * 3072 + 32 * y + x;
      const found = [0, 1024, 2048].map((channel) => train.images[place + channel]);
      expect(found).toEqual(apart(label, x, y));
    }
  }
}

describe('CIFAR-10', () => {
  const rows = [[3], [0], [9]];
  const batch = (number: number): Buffer =>
    cifarRows(
      rows.map(([label = 0]) => [(label + number) % 10]),
      apart,
    );
  const files = {
    'batches.meta.txt': Buffer.from('a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n'),
    ...Object.fromEntries([1, 2, 3, 4, 5].map((number) => [`data_batch_${number}.bin`, batch(number)])),
    'test_batch.bin': batch(0),
  };
  const labels = [1, 2, 3, 4, 5].flatMap((number) => [3, 0, 9].map((label) => (label + number) % 10));

  test.each([
    ['the archive', () => join(put('own', { 'some.tar.gz': cifar10Archive(files) }), 'some.tar.gz')],
    ['the archive, unzipped', () => join(put('own', { 'a.tar': archived('x', files) }), 'a.tar')],
    ['a folder with the archive', () => put('own', { 'cifar-10-binary.tar.gz': cifar10Archive(files) })],
    ['the unpacked folder', () => put('own', files)],
    ['the folder that has it', () => join(put('own/cifar-10-batches-bin', files), '..')],
  ])('is read from %s', async (_, place) => {
    const dataset = await loadDataset('cifar10', { dataDir: place() });
    expect(dataset).toMatchObject({ channels: 3, width: 32, height: 32, features: 3072, classes: 10 });
    expect(dataset.classNames).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']);
    requirePixels(dataset, labels);
    expect([...dataset.test.labels]).toEqual([3, 0, 9]);
  });

  test.each([
    [
      'a row that is cut off',
      { 'data_batch_3.bin': batch(3).subarray(0, -1) },
      /data_batch_3.bin .*9218 bytes: expected rows of 3073 bytes, found 2 of them and 3072/,
    ],
    ['an empty file', { 'test_batch.bin': Buffer.alloc(0) }, /test_batch.bin .* 0 bytes/],
    [
      'a label without a name',
      { 'test_batch.bin': cifarRows([[1], [12]], apart) },
      /test_batch.bin .*label 12 in row 1: expected 0 to 9/,
    ],
  ])('refuses %s, naming the file', async (_, changes, message) => {
    for (const dataDir of [
      put('own', { ...files, ...changes }),
      join(put('packed', { 'a.tgz': cifar10Archive({ ...files, ...changes }) }), 'a.tgz'),
    ]) {
      await expect(loadDataset('cifar10', { dataDir })).rejects.toMatchObject({
        code: 'DATA_INVALID',
        message: expect.stringMatching(message),
      });
    }
  });

  test('refuses an archive that misses a file, and a folder', async () => {
    const rest = Object.fromEntries(Object.entries(files).filter(([name]) => name !== 'data_batch_4.bin'));
    const archive = join(put('packed', { 'a.tgz': cifar10Archive(rest) }), 'a.tgz');
    await expect(loadDataset('cifar10', { dataDir: archive })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(`${archive} has no data_batch_4.bin`),
    });
    const unpacked = put('own', rest);
    await expect(loadDataset('cifar10', { dataDir: unpacked })).rejects.toMatchObject({
      code: 'DATA_NOT_FOUND',
      message: expect.stringMatching(
        /own has no data_batch_4.bin\nData of your own may be:\n {2}- four IDX files/,
      ),
    });
  });

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 40)],
    ['damaged', (bytes: Buffer) => bytes.fill(7, 300, 340)],
    ['no archive at all', () => Buffer.from('nothing of the kind')],
    ['gzipped, but no archive', () => gzipSync('nothing of the kind')],
    ['a damaged header', () => gzipSync(archived('x', files).fill(1, 130, 140))],
  ])('refuses an archive that is %s', async (_, change) => {
    const file = join(put('packed', { 'a.tar.gz': change(cifar10Archive(files)) }), 'a.tar.gz');
    await expect(loadDataset('cifar10', { dataDir: file })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(file),
    });
  });

  test('in the cache must be the published archive, byte for byte', async () => {
    const cached = put('cache/data/cifar10', { 'cifar-10-binary.tar.gz': cifar10Archive(cifar10Files()) });
    expect((await dataStatus()).find(({ dataset }) => dataset === 'cifar10')).toMatchObject({ found: true });
    const expected = 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd';
    await expect(loadDataset('cifar10')).rejects.toMatchObject({
      code: 'CHECKSUM_MISMATCH',
      message: expect.stringContaining(expected),
    });
    expect(await verifyDataset('cifar10')).toMatchObject({
      ok: false,
      files: [{ file: join(cached, 'cifar-10-binary.tar.gz'), expected, ok: false }],
    });
  });
});

test('CIFAR-100 has the fine labels, which stand second', async () => {
  const rows = [
    [19, 3],
    [4, 99],
    [7, 0],
  ];
  const files = {
    'train.bin': cifarRows(rows, apart),
    'test.bin': cifarRows([[1, 99]], apart),
    'fine_label_names.txt': Buffer.from(
      Array.from({ length: 100 }, (_, label) => `name ${label}\n`).join(''),
    ),
    'coarse_label_names.txt': Buffer.from('coarse\n'),
  };
  const archive = join(put('own', { 'x.tar.gz': gzipSync(archived('cifar-100-binary', files)) }), 'x.tar.gz');
  for (const dataDir of [archive, put('folder', files)]) {
    const dataset = await loadDataset('cifar100', { dataDir });
    requirePixels(dataset, [3, 99, 0]);
    expect([...dataset.test.labels]).toEqual([99]);
    expect(dataset).toMatchObject({ classes: 100 });
    expect(dataset.classNames?.[99]).toBe('name 99');
  }
});

test('long names and others than files in an archive do no harm', async () => {
  const extra = { name: `${'deep/'.repeat(15)}readme.html`, content: Buffer.from('text') };
  const members = Object.entries(cifar10Files()).map(([name, content]) => ({ name, content }));
  const file = join(put('own', { 'x.tar': tar([extra, ...members]) }), 'x.tar');
  expect((await loadDataset('cifar10', { dataDir: file })).train.rows).toBe(50);
});
