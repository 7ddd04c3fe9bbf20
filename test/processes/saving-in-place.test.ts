import { chmodSync, chownSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { loadModel, saveModel } from '../../lib/checkpoint/model-file.js';
import { temporaryFolder } from '../support/libtorch.js';
import { valueIn, weightsOf } from '../support/saving.js';
import { isRoot, NOBODY, runAs } from '../support/user.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

test('a file that may be written in a folder that may not is written in place', async ({ skip }) => {
  if (!isRoot) skip('only root can be two users');
  mkdirSync(join(folder, 'closed'));
  const path = join(folder, 'closed', 'model');
  await saveModel(path, weightsOf(1, 100));
  chmodSync(folder, 0o755);
  chownSync(path, NOBODY, NOBODY);
  const { stderr } = await runAs(
    NOBODY,
    { saveModel: 'checkpoint/model-file.js' },
    `const layer = (name, shape) => ({ name, shape, data: new Float32Array(2).fill(6) });
     await saveModel(${JSON.stringify(path)}, [layer('layers.0.weight', [1, 2]), layer('layers.0.bias', [1])].map(
       (each, i) => i === 0 ? each : { ...each, data: each.data.subarray(0, 1) }));`,
  );
  expect(stderr).toBe('');
  expect(await valueIn(path)).toBe(6);
  expect(readFileSync(path).length).toBe(statSync(path).size);
});

test('saves in place, many at the same time, leave one of them whole', async ({ skip }) => {
  if (!isRoot) skip('only root can be two users');
  const path = join(folder, 'model');
  await saveModel(path, weightsOf(1));
  chmodSync(folder, 0o755);
  chownSync(path, NOBODY, NOBODY);
  const rounds = `
    const sized = (size) => [
      { name: 'layers.0.weight', shape: [2, size], data: new Float32Array(2 * size).fill(size) },
      { name: 'layers.0.bias', shape: [2], data: new Float32Array(2) },
    ];
    for (let round = 0; round < 10; ++round) {
      await Promise.all([9, 3000, 200].map((size) => saveModel(${JSON.stringify(path)}, sized(size))));
      await loadModel(${JSON.stringify(path)});
    }`;
  const { stderr } = await runAs(NOBODY, { 'saveModel, loadModel': 'checkpoint/model-file.js' }, rounds);
  expect(stderr).toBe('');
  const alone = rounds.replace(/await loadModel.*/, '');
  const both = [1, 2].map(() => runAs(NOBODY, { saveModel: 'checkpoint/model-file.js' }, alone));
  for (const { stderr } of await Promise.all(both)) expect(stderr).toBe('');
  const { network } = await loadModel(path);
  expect([9, 3000, 200]).toContain(network.input[0]);
});
