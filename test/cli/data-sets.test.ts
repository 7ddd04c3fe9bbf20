import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { predictImages } from '../../lib/index.js';
import type { RunResult } from '../../lib/runs/types.js';
// Files of NumPy's own: see test/reference/make_numpy.py.
import numpy from '../fixtures/numpy.json' with { type: 'json' };
import { cifar10Archive, cifar10Files } from '../support/cifar.js';
import { cubFolder, drawnPicture, writeFiles } from '../support/pictures.js';
import { clTorch } from './command.js';

const folder = await mkdtemp(join(tmpdir(), 'cl-torch-data-sets-'));
afterAll(() => rm(folder, { recursive: true }));

/** A small run from the command line, whole. */
async function run(name: string, ...args: string[]): Promise<RunResult> {
  const out = join(folder, name);
  const small = ['--hidden', '16', '--threads', '1', '--device', 'cpu', '--quiet', '--out', out];
  const { status, stderr } = await clTorch(['run', 'er', ...args, ...small]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(await readFile(join(out, 'result.json'), 'utf8'));
}

test('er learns split-cifar10 from an archive in the official format', async () => {
  const archive = join(folder, 'cifar-10-binary.tar.gz');
  await writeFile(archive, cifar10Archive(cifar10Files(4)));
  const { config, accuracy, status } = await run(
    'cifar10',
    ...[
      '--benchmark',
      'split-cifar10',
      '--data-dir',
      archive,
      '--epochs',
      '3',
      '--batch-size',
      '16',
      '--memory-size',
      '10',
    ],
  );
  expect(status).toBe('completed');
  expect(config).toMatchObject({
    dataset: 'cifar10',
    benchmark: 'split-cifar10',
    scenario: 'class',
    tasks: 5,
  });
  expect(accuracy).toHaveLength(5);
  // Its pictures have a stripe of their class's own, so that two classes are soon told apart.
  expect(accuracy[0]?.[0]).toBe(100);
});

test('er learns numbers from NumPy arrays', async () => {
  const dataDir = join(folder, 'arrays');
  await mkdir(dataDir);
  const examples = Buffer.from(numpy.examples['rows-f8'].file, 'base64');
  for (const part of ['train', 'test']) {
    await writeFile(join(dataDir, `x_${part}.npy`), examples);
    await writeFile(join(dataDir, `y_${part}.npy`), Buffer.from(numpy.four.y_train.file, 'base64'));
  }
  const small = ['--tasks', '2', '--epochs', '2', '--batch-size', '3', '--memory-size', '2'];
  const { config, accuracy, status } = await run('numbers', '--data-dir', dataDir, ...small);
  expect({ status, dataDir: config.dataDir }).toEqual({ status: 'completed', dataDir });
  expect(accuracy).toHaveLength(2);
});

interface Predicted {
  readonly classes: readonly number[];
  readonly classNames?: readonly string[];
  readonly predictions: readonly { readonly label: number }[];
}

/** What a run's model takes a picture for. */
async function predicted(name: string, picture: string, ...args: string[]): Promise<number | undefined> {
  return (await prediction(name, picture, ...args)).predictions[0]?.label;
}

async function prediction(name: string, picture: string, ...args: string[]): Promise<Predicted> {
  const { status, stdout, stderr } = await clTorch([
    'predict',
    join(folder, name),
    '--images',
    picture,
    '--json',
    ...args,
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

test('er learns a folder of JPEGs, and tells one of them', async () => {
  const pictures: Record<string, Buffer> = {};
  for (const label of [0, 1, 2, 3]) {
    const picture = await drawnPicture(label, [9, 7]);
    for (const number of [0, 1, 2, 3]) pictures[`class ${label}/${number}.jpg`] = picture;
  }
  const dataDir = await writeFiles(join(folder, 'pictures'), pictures);
  const small = [
    '--epochs',
    '20',
    '--batch-size',
    '2',
    '--memory-size',
    '2',
    '--tasks',
    '2',
    '--learning-rate',
    '0.01',
  ];
  const { accuracy, config } = await run('folder', '--benchmark', 'split', '--data-dir', dataDir, ...small);
  expect(config).toMatchObject({ scenario: 'class', dataDir });
  expect(accuracy[0]).toEqual([100]);
  expect(accuracy[1]?.[1]).toBe(100);
  const picture = join(dataDir, 'class 3', '0.jpg');
  expect(await predicted('folder', picture)).toBe(3);
  expect(await prediction('folder', picture, '--task', '1')).toMatchObject({
    classes: [2, 3],
    classNames: ['class 2', 'class 3'],
  });
  const { stdout } = await clTorch(['predict', join(folder, 'folder'), '--images', picture]);
  expect(stdout).toMatch(
    /^image 0: 3 class 3 {3}\(class 3 [\d.]+ %, class \d [\d.]+ %, class \d [\d.]+ %\)\n$/,
  );
  expect((await predictImages(join(folder, 'folder'), picture)).classNames).toEqual(
    [0, 1, 2, 3].map((label) => `class ${label}`),
  );
  const other = await writeFiles(join(folder, 'other'), { 'large.jpg': await drawnPicture(3, [18, 14]) });
  const { status, stderr } = await clTorch([
    'predict',
    join(folder, 'folder'),
    '--images',
    join(other, 'large.jpg'),
  ]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/18 × 14 pixels .*, but the network takes 9 × 7/);
});

test("er learns split-cub200 from CUB's folder with 12 classes, scaled; a picture of another size is scaled, too", async () => {
  const dataDir = await writeFiles(join(folder, 'cub'), await cubFolder(12));
  const { accuracy, config } = await run(
    'cub',
    ...['--benchmark', 'split-cub200', '--data-dir', dataDir, '--image-size', '6', '--tasks', '3'],
    ...[
      '--classes-per-task',
      '4',
      '--epochs',
      '60',
      '--batch-size',
      '4',
      '--memory-size',
      '4',
      '--learning-rate',
      '0.01',
    ],
  );
  expect(config).toMatchObject({ dataset: 'cub200', imageSize: 6, scenario: 'class' });
  expect(accuracy[0]).toEqual([100]);
  const picture = join(dataDir, 'images', '012.Bird_11', 'Bird_11_1.jpg');
  expect(await predicted('cub', picture)).toBe(11);
});
