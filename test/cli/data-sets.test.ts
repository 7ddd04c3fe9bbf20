import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { RunResult } from '../../lib/runs/types.js';
// Files of NumPy's own: see test/reference/make_numpy.py.
import numpy from '../fixtures/numpy.json' with { type: 'json' };
import { cifar10Archive, cifar10Files } from '../support/cifar.js';
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
