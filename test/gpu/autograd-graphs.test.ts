import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { OptimizerInput } from '../../lib/session/optimizer.js';
import type { PenaltyInput } from '../../lib/session/penalty.js';
import { Session } from '../../lib/session/session.js';
import { mlpOf } from '../support/network.js';
import { articleAdamW, identity, syntheticRows } from '../support/synthetic.js';
import { describeOnGpu, device } from './gpu.js';

/** A training, with what could make a graph that was captured in one step wrong in another. */
interface Training {
  readonly hidden: readonly number[];
  readonly batchSize: number;
  /** Default 1000. */
  readonly rows?: number;
  /** Default 64. */
  readonly features?: number;
  /** Inputs that are float32 numbers instead of bytes. */
  readonly numbers?: boolean;
  readonly rehearsal?: number;
  readonly optimizer?: OptimizerInput;
  /** By the vectors `anchor`, `importance` and `direction`. */
  readonly penalties?: readonly PenaltyInput[];
}

const classes = 10;
const epochs = 3;
const adam = { ...articleAdamW, optimizer: 'adam', weightDecay: 1e-2, schedule: 'cosine' } as const;
const sgd = { ...articleAdamW, optimizer: 'sgd', learningRate: 0.05, weightDecay: 1e-2 } as const;
const momentum = { ...sgd, learningRate: 0.01, momentum: 0.9 } as const;
const restarts = { schedule: 'restarts', restartEpochs: 2 } as const;
const direction = { strength: 0.05, direction: 'direction', radius: 20 } as const;
const importance = { strength: 0.01, importance: 'importance' } as const;

const trainings: readonly (readonly [string, Training])[] = [
  ['a short last batch', { hidden: [40, 40], batchSize: 96 }],
  ["the article's network", { hidden: [400, 400, 400], batchSize: 256, rows: 3000, features: 784 }],
  ['a batch that is never full', { hidden: [20], batchSize: 2000 }],
  ['one example at a time', { hidden: [20], batchSize: 1, rows: 50 }],
  ['no hidden layer', { hidden: [], batchSize: 64 }],
  ['odd widths, and inputs that are numbers', { hidden: [51, 17, 29], batchSize: 31, numbers: true }],
  ['rehearsal in batches of several sizes', { hidden: [40], batchSize: 64, rehearsal: 13 }],
  ['Adam with a cosine schedule', { hidden: [40], batchSize: 64, optimizer: adam }],
  [
    'AdamW whose first moment hardly remembers',
    { hidden: [40], batchSize: 64, optimizer: { ...articleAdamW, beta1: 0.3 } },
  ],
  ['SGD without weight decay', { hidden: [40], batchSize: 64, optimizer: { ...sgd, weightDecay: 0 } }],
  [
    'SGD in steps',
    { hidden: [40], batchSize: 64, optimizer: { ...sgd, schedule: 'steps', milestones: [1] } },
  ],
  ['momentum', { hidden: [40], batchSize: 64, optimizer: { ...momentum, ...restarts } }],
  ["Nesterov's momentum", { hidden: [40], batchSize: 64, optimizer: { ...momentum, nesterov: 'on' } }],
  ['a direction', { hidden: [40], batchSize: 64, penalties: [direction], rehearsal: 64 }],
  [
    'a direction a tensor, by autograd',
    { hidden: [40, 40], batchSize: 96, penalties: [{ ...direction, perTensor: true, gradient: 'autograd' }] },
  ],
  ['an importance', { hidden: [40], batchSize: 64, penalties: [importance] }],
  [
    'an importance and a direction, by autograd',
    {
      hidden: [40],
      batchSize: 64,
      penalties: [{ ...importance, direction: 'direction', gradient: 'autograd' }],
      optimizer: momentum,
    },
  ],
  [
    'three penalties',
    { hidden: [40], batchSize: 64, penalties: [direction, importance, { strength: 1e-3 }] },
  ],
];

afterEach(() => {
  delete process.env.CL_TORCH_CUDA_GRAPHS;
});

/** Numbers that repeat, of a vector like the parameters. */
async function fillLike(session: Session, vector: string, number: (i: number) => number): Promise<void> {
  const tensors = await session.parameters();
  await session.vectors.set(
    vector,
    tensors.map(({ data }) => data.map((_, i) => number(i))),
  );
}

interface Prepared {
  readonly session: Session;
  readonly view: number;
}

/** A session with a model of the autograd engine that may use graphs or not, and all that the training needs. */
async function prepared(graphs: 'on' | 'off', training: Training): Promise<Prepared> {
  const { hidden, rows = 1000, features = 64, numbers = false, penalties } = training;
  process.env.CL_TORCH_CUDA_GRAPHS = graphs;
  const session = await Session.open({ device, threads: 1 });
  const { images, ...rest } = syntheticRows(rows, features, classes);
  const inputs = numbers ? Float32Array.from(images, (byte) => byte / 100 - 1) : images;
  const dataset = await session.loadDataset({ ...rest, images: inputs });
  const remembered = await session.addView({ dataset, columns: identity(features) });
  const view = await session.addView({ dataset, columns: identity(features).reverse() });
  await session.createModel({ network: mlpOf([features, ...hidden, classes]), seed: 7, engine: 'autograd' });
  await session.addMemory({ view: remembered, rows: identity(50) });
  await session.vectors.copy('parameters', 'anchor');
  await fillLike(session, 'importance', (i) => 1 + (i % 7));
  await fillLike(session, 'direction', (i) => (i % 5) - 2);
  await session.vectors.retract('direction', 20);
  if (penalties) await session.setPenalties(penalties);
  await session.createOptimizer(training.optimizer ?? articleAdamW);
  return { session, view };
}

interface Trace {
  readonly losses: readonly number[];
  readonly correct: readonly number[];
  /** The snapshot by hashes of its arrays: element by element, large networks would take seconds. */
  readonly state: string;
  /** Of each epoch: whether it had graphs. */
  readonly graphs: readonly (boolean | null)[];
}

function hashed(state: unknown): string {
  return JSON.stringify(state, (_, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return createHash('sha256').update(bytes).digest('hex');
  });
}

/** Two tasks: between them a new anchor and a new optimiser take the place of the old, and a larger evaluation runs. */
async function trace(graphs: 'on' | 'off', training: Training): Promise<Trace> {
  const { session, view } = await prepared(graphs, training);
  using _ = session;
  const losses: number[] = [];
  const used: (boolean | null)[] = [];
  const train = async (batchSize: number): Promise<void> => {
    for (let epoch = 0; epoch < epochs; ++epoch) {
      const { rehearsal = 0 } = training;
      const outcome = await session.trainEpoch({ views: [view], batchSize, rehearsal, epoch, epochs });
      losses.push(...outcome.losses);
      used.push(outcome.cudaGraphs);
    }
  };
  await train(training.batchSize);
  const { correct } = await session.evaluate({ views: [view], batchSize: 500 });
  await session.vectors.copy('parameters', 'anchor');
  await session.createOptimizer({ ...(training.optimizer ?? articleAdamW), learningRate: 0.002 });
  await train(training.batchSize);
  await train(training.batchSize + 1);
  return { losses, correct: [...correct], state: hashed(await session.exportState()), graphs: used };
}

describeOnGpu('a step of the autograd engine as a CUDA graph', () => {
  test.each(trainings)('is what it is without, to the last bit: %s', async (_, training) => {
    const { graphs: none, ...eager } = await trace('off', training);
    const { graphs, ...graphed } = await trace('on', training);
    expect(none.every((used) => used === null)).toBe(true);
    expect(graphs.every((used) => used === true)).toBe(true);
    expect(eager.losses.every(Number.isFinite)).toBe(true);
    expect(graphed).toEqual(eager);
  });

  test('a head that grows gets graphs of its own', async () => {
    const traces: number[][] = [];
    for (const graphs of ['off', 'on'] as const) {
      const { session, view } = await prepared(graphs, { hidden: [40], batchSize: 64 });
      using _ = session;
      const losses: number[] = [];
      for (const head of [classes, 2 * classes, 3 * classes]) {
        if (head > classes) await session.growHead(head);
        for (let epoch = 0; epoch < epochs; ++epoch) {
          losses.push(...(await session.trainEpoch({ views: [view], batchSize: 64 })).losses);
        }
      }
      traces.push(losses);
    }
    expect(traces[1]).toEqual(traces[0]);
  });

  test('sessions side by side, which capture and allocate at the same time, do what each does alone', async () => {
    const training: Training = { hidden: [40, 40], batchSize: 64, penalties: [direction], rehearsal: 13 };
    const alone = await trace('on', training);
    const together = await Promise.all([1, 2, 3, 4].map(() => trace('on', training)));
    for (const one of together) expect(one).toEqual(alone);
  });

  test('an epoch that is cancelled ends, and the session goes on', async () => {
    const { session, view } = await prepared('on', { hidden: [40], batchSize: 1, rows: 20_000 });
    using _ = session;
    const controller = new AbortController();
    const epoch = session.trainEpoch(
      { views: [view], batchSize: 1 },
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    await expect(epoch).rejects.toMatchObject({ code: 'ABORTED' });
    const steps = (await session.exportState()).optimizer?.steps ?? 0;
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThan(20_000);
    const { losses } = await session.trainEpoch({ views: [view], batchSize: 256 });
    expect(losses.every(Number.isFinite)).toBe(true);
  });

  test('a training that diverges ends its epoch within what is on its way', async () => {
    const training: Training = {
      hidden: [40],
      batchSize: 10,
      rows: 3000,
      optimizer: { ...articleAdamW, learningRate: 1e30 },
    };
    const { session, view } = await prepared('on', training);
    using _ = session;
    const { losses, diverged } = await session.trainEpoch({ views: [view], batchSize: 10 });
    expect(diverged).not.toBeNull();
    expect(losses.length).toBeLessThan(300);
  });
});
