import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { predictImages } from '../../lib/prediction/index.js';
import type { RunResult } from '../../lib/runs/types.js';
import { runExperiment } from '../../lib/sweep/experiment.js';
import { writeScenarioData } from '../support/scenarios.js';

const folder = await mkdtemp(join(tmpdir(), 'cl-torch-scenarios-'));
const dataDir = `${folder}/data`;
beforeAll(() => writeScenarioData(dataDir));
afterAll(() => rm(folder, { recursive: true }));

describe('predict calls the classes as the data set does,', () => {
  const order = [3, 0, 5, 1, 4, 2];
  const test10k = (what: string): string => join(dataDir, `t10k-${what}-ubyte`);

  /** Percent right of each task's test images by predict, which is told the task or not. */
  async function right(out: string, isTold: boolean, isOf: (label: number, task: number) => boolean) {
    const truth = (await readFile(test10k('labels-idx1'))).subarray(8);
    const shares: number[] = [];
    for (const task of [0, 1, 2]) {
      const { labels, probabilities, classes, classLabels } = await predictImages(
        out,
        test10k('images-idx3'),
        isTold ? { task } : {},
      );
      const rows = [...truth.keys()].filter((row) => isOf(truth[row] ?? 0, task));
      shares.push((100 * rows.filter((row) => labels[row] === truth[row]).length) / rows.length);
      for (const row of rows) {
        const ofRow = [...probabilities.subarray(row * classes, (row + 1) * classes)];
        expect(ofRow.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 5);
        expect(classLabels[ofRow.indexOf(Math.max(...ofRow))]).toBe(labels[row]);
      }
    }
    return shares;
  }

  const ofSplit = (label: number, task: number): boolean => order.indexOf(label) >> 1 === task;
  const run = (more: object): Promise<RunResult> =>
    runExperiment({
      ...{ strategy: 'er', benchmark: 'split', classOrder: order, dataDir, memorySize: 5, hidden: [16] },
      ...{ tasks: 3, epochs: 12, batchSize: 5, learningRate: 0.01, device: 'cpu', threads: 1, ...more },
    } as Parameters<typeof runExperiment>[0]);

  test('of a class-incremental run: among all classes, or where the task is told among its own', async () => {
    const out = join(folder, 'predict-class');
    const { accuracy, accuracyTaskAware } = await run({ scenario: 'class', outputs: 'grow', out });
    expect(await right(out, false, ofSplit)).toEqual(accuracy.at(-1));
    expect(await right(out, true, ofSplit)).toEqual(accuracyTaskAware?.at(-1));
    expect(Math.min(...(accuracyTaskAware?.at(-1) ?? [0]))).toBeGreaterThan(60);
    const { classLabels } = await predictImages(out, test10k('images-idx3'));
    expect([...classLabels]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('of a task-incremental run: the task must be told', async () => {
    const out = join(folder, 'predict-task');
    const { accuracy } = await run({ scenario: 'task', out });
    expect(await right(out, true, ofSplit)).toEqual(accuracy.at(-1));
    expect([...(await predictImages(out, test10k('images-idx3'), { task: 1 })).classLabels]).toEqual([1, 5]);
    await expect(predictImages(out, test10k('images-idx3'))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('--task takes a whole number from 0 to 2'),
    });
  });

  test('of a domain-incremental run: as the told task has them, else by the outputs’ numbers', async () => {
    const out = join(folder, 'predict-domain');
    const { accuracy } = await run({ scenario: 'domain', out });
    expect(await right(out, true, ofSplit)).toEqual(accuracy.at(-1));
    expect([...(await predictImages(out, test10k('images-idx3'))).classLabels]).toEqual([0, 1]);
  });

  test('of tasks that share their classes', async () => {
    const out = join(folder, 'predict-permuted');
    const of = { benchmark: 'permuted', scenario: 'class', classOrder: undefined };
    const { accuracyTaskAware } = await run({ ...of, out });
    expect(await right(out, true, () => true)).toEqual(accuracyTaskAware?.at(-1));
  });
});
