import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ContinualLearner, resumeExperiment, runExperiment } from '../../lib/index.js';
import type { RunEvent } from '../../lib/runs/types.js';
import { type Sandbox, sandbox } from '../cli/command.js';
import { small } from '../support/learner.js';
import { shortRun, timeless } from '../support/runs.js';

const start = process.cwd();
let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
  await mkdir(join(box.folder, 'elsewhere'));
});
afterAll(async () => {
  process.chdir(start);
  await box[Symbol.asyncDispose]();
});

/** Runs, from the sandbox's folder and with relative folders, until the first task is done. */
async function stoppedRun(out: string): Promise<void> {
  process.chdir(box.folder);
  const dataDir = box.dataDir.slice(box.folder.length + 1);
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'task-start' && event.task === 1) throw new Error('stopped');
  };
  const run = runExperiment(shortRun({ strategy: 'baseline', out }, dataDir), { onEvent });
  process.chdir(join(box.folder, 'elsewhere'));
  await expect(run).rejects.toThrow('stopped');
}

describe('a run with relative folders', () => {
  test('is where the current directory was at the call, and is resumed from another one', async () => {
    await stoppedRun('there');
    const folder = join(box.folder, 'there');
    expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toMatchObject({
      out: folder,
      dataDir: box.dataDir,
    });
    expect((await resumeExperiment('../there')).status).toBe('completed');
  });

  test('is resumed where its folder and its data were moved to', async () => {
    await stoppedRun('before');
    const whole = await runExperiment(shortRun({ strategy: 'baseline' }, box.dataDir));
    const [after, data] = [join(box.folder, 'after'), join(box.folder, 'moved-data')];
    await rename(join(box.folder, 'before'), after);
    await rename(box.dataDir, data);
    await expect(resumeExperiment(after)).rejects.toMatchObject({ code: 'DATA_NOT_FOUND' });
    const result = await resumeExperiment(after, { dataDir: data });
    await rename(data, box.dataDir);
    expect([result.config.out, result.config.dataDir]).toEqual([after, data]);
    expect(timeless(result)).toEqual(timeless(whole));
  });
});

test('three runs of one object, whose seed is set in turn, have three seeds', async () => {
  const input = { ...shortRun({ strategy: 'baseline' }, box.dataDir), tasks: 1, seed: 0 };
  const runs = [1, 2, 3].map((seed) => {
    input.seed = seed;
    return runExperiment(input);
  });
  const results = await Promise.all(runs);
  expect(results.map(({ config }) => config.seed)).toEqual([1, 2, 3]);
  expect(new Set(results.map(({ losses }) => String(losses))).size).toBe(3);
});

test('a learner is saved where the current directory was at the call', async () => {
  process.chdir(box.folder);
  await using learner = await ContinualLearner.create({ strategy: 'baseline', ...small });
  const saved = learner.save('learner.safetensors');
  process.chdir(join(box.folder, 'elsewhere'));
  await saved;
  await using loaded = await ContinualLearner.load(join(box.folder, 'learner.safetensors'));
  expect(loaded.config).toEqual(learner.config);
});
