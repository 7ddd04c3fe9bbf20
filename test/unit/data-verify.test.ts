import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dataStatus, verifyDataset } from '../../lib/datasets/index.js';
import { DataFolders, flippedTestLabels } from '../support/data-folders.js';
import { idx, MNIST_FOLDER } from '../support/idx.js';

let folders: DataFolders;
beforeEach(() => {
  folders = new DataFolders();
  vi.stubEnv('CL_TORCH_CACHE', folders.cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  folders[Symbol.dispose]();
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
    const target = folders.fillMnistCache({ 't10k-labels-idx1-ubyte': flippedTestLabels() });
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
    folders.fillMnistCache({ 'train-labels-idx1-ubyte': Buffer.from('nonsense') });
    const report = await verifyDataset('mnist');
    expect(report.files.map(({ ok }) => ok)).toEqual([true, false, true, true]);
    expect(report.files[1]).toMatchObject({
      found: null,
      problem: expect.stringContaining('not an IDX file'),
    });
  });

  it("checks the structure of the user's own files", async () => {
    const dataDir = folders.own();
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
