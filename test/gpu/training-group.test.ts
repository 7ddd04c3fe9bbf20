import { expect, test } from 'vitest';
import { runSeeds } from '../../lib/index.js';
import { Session } from '../../lib/session/session.js';
import { createTrainingGroup } from '../../lib/session/training-group.js';
import { prepare } from '../support/synthetic.js';
import { type Arithmetic, fused, losses, type Training } from '../support/trainings.js';
import { describeOnGpu, device } from './gpu.js';

const seeds = [7, 8, 9, 10];

/** The losses of every seed, trained together. */
async function together(arithmetic: Arithmetic, training: Training): Promise<number[][]> {
  const trainingGroup = await createTrainingGroup({ places: seeds.length });
  const all = await Promise.all(
    seeds.map((seed) =>
      losses(arithmetic, { ...training, device, seed, trainingGroup }).finally(() => trainingGroup.leave()),
    ),
  );
  trainingGroup.dispose();
  return all;
}

async function alone(arithmetic: Arithmetic, training: Training): Promise<number[][]> {
  const all: number[][] = [];
  for (const seed of seeds) all.push(await losses(arithmetic, { ...training, device, seed }));
  return all;
}

function largestDifference(left: readonly number[][], right: readonly number[][], count: number): number {
  const differences = left.flatMap((row, i) =>
    row.slice(0, count).map((loss, step) => Math.abs(loss / (right[i]?.[step] ?? Number.NaN) - 1)),
  );
  return Math.max(...differences);
}

const small: Training = { hidden: [40, 40], batchSize: 64, rows: 3000 };
const article: Training = { hidden: [400, 400, 400], batchSize: 256, rows: 10_000 };

describeOnGpu('models trained as one batch', () => {
  test.each<[string, Training]>([
    ['plain', small],
    ['with the penalty of one sphere', { ...small, penalty: 'global' }],
    ['with the penalty of a sphere a tensor', { ...small, penalty: 'per-tensor', rehearsal: 13 }],
    ['of odd widths and batches', { ...small, hidden: [51, 17, 29], batchSize: 31 }],
  ])('have the losses of each alone to 1e-4: %s', async (_, training) => {
    const difference = largestDifference(await together(fused, training), await alone(fused, training), 100);
    expect(difference).toBeLessThan(1e-4);
  });

  // See test/native/engines.test.ts: a rounding flips a ReLU of a network this size every few dozen steps.
  test.each<[string, Arithmetic, number]>([
    ['fp32', fused, 1e-4],
    ['tf32', { engine: 'fused', precision: 'tf32' }, 0.01],
    ['bf16', { engine: 'fused', precision: 'bf16' }, 0.05],
  ])(
    "the article's network does so for ten steps, and repeats bit for bit, in %s",
    async (_, arithmetic, bound) => {
      const training: Training = { ...article, penalty: 'global' };
      const first = await together(arithmetic, training);
      expect(largestDifference(first, await alone(arithmetic, training), 10)).toBeLessThan(bound);
      expect(await together(arithmetic, training)).toEqual(first);
    },
  );

  test('one that is cancelled leaves the others training', async () => {
    const trainingGroup = await createTrainingGroup({ places: 2 });
    using stopped = await Session.open({ device, threads: 1, trainingGroup });
    using other = await Session.open({ device, threads: 1, trainingGroup });
    const view = await prepare(stopped, { rows: 20_000 });
    const its = await prepare(other, { rows: 20_000 });
    const controller = new AbortController();
    const first = stopped.trainEpoch(
      { views: [view], batchSize: 1 },
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    const second = other.trainEpoch({ views: [its], batchSize: 1 });
    await expect(first).rejects.toMatchObject({ code: 'ABORTED' });
    expect((await second).losses).toHaveLength(20_000);
    trainingGroup.leave();
    await expect(other.trainEpoch({ views: [its], batchSize: 64 })).resolves.toBeDefined();
  });

  test('runs of several seeds have the accuracies of each alone, within what a rounding does', async () => {
    const input = { strategy: 'er+lfd', tasks: 2, epochs: 1, hidden: [64], device } as const;
    const { runs } = await runSeeds(input, seeds);
    const single = await runSeeds(input, seeds, { atOnce: 1 });
    for (const [i, run] of runs.entries()) {
      const expected = single.runs[i];
      expect(run.environment.engine).toBe('fused');
      expect(run.losses[0]?.[0]).toBeCloseTo(expected?.losses[0]?.[0] ?? Number.NaN, 3);
      expect(Math.abs((run.taskMeans.at(-1) ?? 0) - (expected?.taskMeans.at(-1) ?? 0))).toBeLessThan(2);
    }
  }, 120_000);
});
