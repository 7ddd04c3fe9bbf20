import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { permutedMnist } from '../../lib/benchmarks/permuted.js';
import { outputsOf } from '../../lib/benchmarks/scenario.js';
import { dataOf, loadTasks } from '../../lib/benchmarks/views.js';
import { parseConfig } from '../../lib/config/parse.js';
import type { ExperimentInput } from '../../lib/config/types.js';
import { loadDataset } from '../../lib/datasets/index.js';
import { runExperiment } from '../../lib/index.js';
import type { RunResult } from '../../lib/runs/types.js';
import { Session } from '../../lib/session/session.js';
import { type Sandbox, sandbox } from '../cli/command.js';
import { mlpOf } from '../support/network.js';
import { type Method, modelIn } from '../support/runs.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

const small = { tasks: 3, epochs: 2, hidden: [32], batchSize: 64, device: 'cpu', threads: 1 } as const;

/** Three tasks of 512 images. */
function run(method: Method): Promise<RunResult> {
  return runExperiment({ ...small, ...method, dataDir: box.dataDir } as ExperimentInput);
}

describe('joint', () => {
  test('has after task i what a new model has that learnt tasks 0 to i at once', async () => {
    const { accuracy, losses } = await run({ strategy: 'joint' });
    const config = parseConfig({ ...small, strategy: 'joint', dataDir: box.dataDir });
    const dataset = await loadDataset('mnist', { dataDir: box.dataDir });
    for (const last of [0, 1, 2]) {
      using session = await Session.open({ device: 'cpu', threads: 1 });
      const plan = permutedMnist.plan(
        { ...small, permutationSeed: 2024, firstTask: 'permuted' },
        dataOf(dataset),
      );
      const outputs = outputsOf(plan, 'domain', 10, 'seen');
      const tasks = (await loadTasks(session, dataset, plan, outputs)).slice(0, last + 1);
      await session.createModel({ network: mlpOf([784, 32, 10]), seed: config.seed });
      await session.createOptimizer(config);
      const means: number[] = [];
      for (let epoch = 0; epoch < 2; ++epoch) {
        const views = tasks.map(({ train }) => train);
        const outcome = await session.trainEpoch({ views, batchSize: 64 });
        expect(outcome.losses).toHaveLength(((last + 1) * 512) / 64);
        means.push(outcome.losses.reduce((sum, loss) => sum + loss, 0) / outcome.losses.length);
      }
      const { correct, total } = await session.evaluate({
        views: tasks.map(({ test }) => test),
        batchSize: 64,
      });
      expect(losses[last]).toEqual(means);
      expect(accuracy[last]).toEqual(Array.from(correct, (right, i) => (100 * right) / (total[i] ?? 0)));
    }
  });

  test('begins like the baseline and forgets less', async () => {
    const forgetful = { learningRate: 0.02, epochs: 4, hidden: [12] };
    const joint = await run({ strategy: 'joint', ...forgetful });
    const baseline = await run({ strategy: 'baseline', ...forgetful });
    expect(joint.accuracy[0]).toEqual(baseline.accuracy[0]);
    expect(joint.metrics?.averageAccuracy).toBeGreaterThan((baseline.metrics?.averageAccuracy ?? 100) + 5);
  });
});

describe('evaluateAll', () => {
  test('takes no snapshot of the session to measure tasks to come, and trains to the same bits', async () => {
    const [exported, imported] = [
      vi.spyOn(Session.prototype, 'exportState'),
      vi.spyOn(Session.prototype, 'importState'),
    ];
    const folders = await Promise.all([
      mkdtemp(join(box.folder, 'plain-')),
      mkdtemp(join(box.folder, 'all-')),
    ]);
    const options = {
      strategy: 'er+lfd',
      memorySize: 20,
      directionIterations: 3,
      lambdaIterations: 3,
    } as const;
    const [plain, all] = folders.map((folder) => join(folder, 'run')) as [string, string];
    await run({ ...options, checkpointEvery: 'off', out: plain });
    const { unseen } = await run({ ...options, checkpointEvery: 'off', out: all, evaluateAll: 'on' });
    expect(unseen?.later).toHaveLength(3);
    expect(exported).not.toHaveBeenCalled();
    expect(imported).not.toHaveBeenCalled();
    expect(await modelIn(all)).toEqual(await modelIn(plain));
  });

  test('measures the tasks not yet learnt and changes nothing else', async () => {
    const plain = await run({ strategy: 'baseline' });
    const { unseen, ...measured } = await run({ strategy: 'baseline', evaluateAll: 'on' });
    expect(plain.unseen).toBeNull();
    expect(plain.metrics?.forwardTransfer).toBeNull();
    expect(measured.accuracy).toEqual(plain.accuracy);
    expect(measured.losses).toEqual(plain.losses);
    expect(unseen?.later.map((row) => row.length)).toEqual([2, 1, 0]);
    expect(unseen?.initial).toHaveLength(3);
    const onNext = (task: number): number => unseen?.later[task]?.[0] ?? Number.NaN;
    const untrained = (task: number): number => unseen?.initial[task] ?? Number.NaN;
    const transfer = (onNext(0) - untrained(1) + onNext(1) - untrained(2)) / 2;
    expect(measured.metrics?.forwardTransfer).toBeCloseTo(transfer, 10);
    expect({ ...measured.metrics, forwardTransfer: null }).toEqual(plain.metrics);
  });

  test('begins with what the untrained model has', async () => {
    const { unseen } = await run({ strategy: 'baseline', evaluateAll: 'on' });
    const untrained = await run({ strategy: 'baseline', learningRate: 0, weightDecay: 0, epochs: 1 });
    expect(unseen?.initial).toEqual(untrained.accuracy[2]);
  });
});
