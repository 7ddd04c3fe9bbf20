import { expect, test } from 'vitest';
import { Session } from '../../lib/session/session.js';
import { mlpOf } from '../support/network.js';
import { articleAdamW, identity, prepare, syntheticRows } from '../support/synthetic.js';
import { losses, type Training } from '../support/trainings.js';
import { describeOnGpu, device } from './gpu.js';

const fused = { engine: 'fused', precision: 'fp32' } as const;

describeOnGpu('sessions on a GPU', () => {
  test('a cancel ends an epoch of 40,000 steps within half a second; the session goes on', async () => {
    using session = await Session.open({ device, threads: 1 });
    const view = await prepare(session, { rows: 40_000, hidden: [400, 400] });
    const controller = new AbortController();
    let cancelled = 0;
    const epoch = session.trainEpoch(
      { views: [view], batchSize: 1 },
      {
        signal: controller.signal,
        onProgress: (step, steps, loss) => {
          expect(step).toBeLessThan(steps);
          expect(loss).toBeGreaterThan(0);
          cancelled = performance.now();
          controller.abort();
        },
      },
    );
    await expect(epoch).rejects.toMatchObject({ code: 'ABORTED' });
    expect(performance.now() - cancelled).toBeLessThan(500);
    const { losses } = await session.trainEpoch({ views: [view], batchSize: 256 });
    expect(losses.every(Number.isFinite)).toBe(true);
  });

  test('a batch that does not fit is an error that says how much was wanted; the session goes on', async () => {
    using session = await Session.open({ device, threads: 1 });
    const rows = 1_000_000;
    const dataset = await session.loadDataset(syntheticRows(rows, 16, 4));
    const view = await session.addView({ dataset, columns: identity(16) });
    const hidden = new Array<number>(16).fill(2000); // 8 GB each, and as much for their gradients
    await session.createModel({ network: mlpOf([16, ...hidden, 4]), seed: 1, ...fused });
    await session.createOptimizer(articleAdamW);
    await expect(session.trainEpoch({ views: [view], batchSize: rows })).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
      message: expect.stringMatching(/\d.*(MB|MiB|GiB|GB)/),
    });
    await expect(session.trainEpoch({ views: [view], batchSize: 100_000 })).resolves.toBeDefined();
  });

  test('of the autograd engine it says how many examples would fit, and so many do', async () => {
    using session = await Session.open({ device, threads: 1 });
    const rows = 4_000_000; // 32 GB a layer, which no card has sixteen times
    const dataset = await session.loadDataset(syntheticRows(rows, 16, 4));
    const view = await session.addView({ dataset, columns: identity(16) });
    const network = mlpOf([16, ...new Array<number>(16).fill(2000), 4]);
    await session.createModel({ network, seed: 1, engine: 'autograd' });
    await session.createOptimizer(articleAdamW);
    const message = await session.trainEpoch({ views: [view], batchSize: rows }).then(
      () => 'it fits',
      (error: Error) => error.message,
    );
    const fitting = Number(/--micro-batch-size (\d+)\.$/.exec(message)?.[1]);
    expect(fitting).toBeGreaterThan(10_000);
    await expect(session.trainEpoch({ views: [view], batchSize: fitting })).resolves.toBeDefined();
  });

  test('steps are replayed as graphs, unless CL_TORCH_CUDA_GRAPHS is off; the digits are the same', async () => {
    const train = async () => {
      using session = await Session.open({ device, threads: 1 });
      const view = await prepare(session, { rows: 3000, hidden: [40, 40] });
      await session.trainEpoch({ views: [view], batchSize: 64 });
      const { losses, cudaGraphs } = await session.trainEpoch({ views: [view], batchSize: 64 });
      return { losses: [...losses], cudaGraphs };
    };
    const replayed = await train();
    const set = process.env.CL_TORCH_CUDA_GRAPHS;
    process.env.CL_TORCH_CUDA_GRAPHS = 'off';
    const launched = await train().finally(() => {
      if (set === undefined) delete process.env.CL_TORCH_CUDA_GRAPHS;
      else process.env.CL_TORCH_CUDA_GRAPHS = set;
    });
    expect(launched).toEqual({ losses: replayed.losses, cudaGraphs: false });
    if (set !== 'off') expect(replayed.cudaGraphs).toBe(true);
  });

  test('sessions side by side give the digits of each alone', async () => {
    const training: Training = { device, hidden: [40, 40], batchSize: 64, rows: 3000, penalty: 'global' };
    const alone = await losses(fused, training);
    const together = await Promise.all([1, 2, 3, 4].map(() => losses(fused, training)));
    expect(together).toEqual([alone, alone, alone, alone]);
  });

  test('both engines count the same examples right, and a growing evaluation disturbs no captured step', async () => {
    using session = await Session.open({ device, threads: 1 });
    const rows = 20_000; // more than an evaluation takes at once
    const view = await prepare(session, { rows, hidden: [32] });
    const train = async () => (await session.trainEpoch({ views: [view], batchSize: 512 })).losses;
    const first = await train();
    const { correct, total } = await session.evaluate({ views: [view], batchSize: 256 });
    expect(total[0]).toBe(rows);
    expect(correct[0]).toBeGreaterThan(rows / 2); // 4 classes that can be told apart
    const second = await train();
    expect(second.at(-1)).toBeLessThan(first[0] ?? 0);
  });
});
