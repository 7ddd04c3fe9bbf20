import type { DirectionOptions, ModelOptions } from '../../binding.js';
import { type Dataset, loadDataset } from '../../lib/datasets/index.js';
import { runExperiment } from '../../lib/index.js';
import type { OptimizerInput } from '../../lib/session/optimizer.js';
import { Session } from '../../lib/session/session.js';
import type { TrainingGroup } from '../../lib/session/training-group.js';
import { randomDirection } from './direction.js';
import { mlpOf } from './network.js';
import { articleAdamW, identity } from './synthetic.js';

export type Arithmetic = Pick<ModelOptions, 'engine' | 'precision'>;
export const autograd: Arithmetic = { engine: 'autograd', precision: 'fp32' };
export const fused: Arithmetic = { engine: 'fused', precision: 'fp32' };

/** A training of 784-hidden-10 on the first training images of MNIST, after a w_t. */
export interface Training {
  readonly hidden: readonly number[];
  readonly batchSize: number;
  /** Training images. */
  readonly rows: number;
  /** Default cpu. */
  readonly device?: string;
  /** Default 1. */
  readonly threads?: number;
  readonly penalty?: 'global' | 'per-tensor';
  readonly rehearsal?: number;
  /** Default the article's AdamW. */
  readonly optimizer?: OptimizerInput;
  /** Default 7. */
  readonly seed?: number;
  /** Where it trains together with others. */
  readonly trainingGroup?: TrainingGroup;
}

const adam = { ...articleAdamW, optimizer: 'adam', weightDecay: 1e-2 } as const;
const sgd = { ...articleAdamW, optimizer: 'sgd', learningRate: 0.05, weightDecay: 1e-2 } as const;
const momentum = { ...sgd, learningRate: 0.01, momentum: 0.9 } as const;
const nesterov = { ...momentum, nesterov: 'on' } as const;

/** Small networks in every shape that an engine could get wrong. */
export const trainings: readonly (readonly [string, Training])[] = [
  ['a short last batch', { hidden: [40, 40], batchSize: 256, rows: 3000, threads: 2 }],
  ['the penalty of one sphere', { hidden: [40], batchSize: 64, rows: 3000, threads: 2, penalty: 'global' }],
  ['of a sphere a tensor', { hidden: [40], batchSize: 64, rows: 3000, threads: 2, penalty: 'per-tensor' }],
  ['rehearsal', { hidden: [40], batchSize: 64, rows: 3000, threads: 2, rehearsal: 13 }],
  ['both', { hidden: [40], batchSize: 64, rows: 3000, threads: 2, rehearsal: 64, penalty: 'global' }],
  ['an odd batch size', { hidden: [33], batchSize: 77, rows: 3000, threads: 1 }],
  ['no hidden layer', { hidden: [], batchSize: 64, rows: 3000, threads: 2 }],
  ['five layers of odd widths', { hidden: [51, 17, 29, 40], batchSize: 31, rows: 3200, threads: 2 }],
  ['one example at a time', { hidden: [20], batchSize: 1, rows: 100, threads: 2, penalty: 'global' }],
  ['Adam', { hidden: [40], batchSize: 64, rows: 3000, threads: 2, optimizer: adam }],
  ['Adam and the penalty', { hidden: [40], batchSize: 64, rows: 3000, optimizer: adam, penalty: 'global' }],
  ['SGD', { hidden: [40], batchSize: 64, rows: 3000, threads: 2, optimizer: sgd, rehearsal: 13 }],
  ['SGD and the penalty', { hidden: [40], batchSize: 64, rows: 3000, optimizer: sgd, penalty: 'per-tensor' }],
  ['momentum', { hidden: [40], batchSize: 64, rows: 3000, threads: 2, optimizer: momentum }],
  [
    "Nesterov's momentum and the penalty",
    { hidden: [40], batchSize: 64, rows: 3000, optimizer: nesterov, penalty: 'global' },
  ],
  ['a last batch of one example', { hidden: [20, 20], batchSize: 33, rows: 3301, threads: 1 }],
];

const random: Omit<DirectionOptions, 'perTensor'> = { ...randomDirection, radius: 20 };

let mnist: Promise<Dataset> | undefined;

/** The first 100 step losses. */
export async function losses(arithmetic: Arithmetic, training: Training): Promise<number[]> {
  const { hidden, batchSize, rows, device = 'cpu', threads = 1, seed = 7, rehearsal = 0 } = training;
  const { penalty, optimizer = articleAdamW, trainingGroup } = training;
  mnist ??= loadDataset('mnist', {});
  const { train } = await mnist;
  using session = await Session.open({ device, threads, trainingGroup });
  const dataset = await session.loadDataset({
    images: train.images.subarray(0, rows * 784),
    labels: train.labels.subarray(0, rows),
    features: 784,
  });
  const first = await session.addView({ dataset, columns: identity(784) });
  const second = await session.addView({ dataset, columns: identity(784).reverse() });
  await session.createModel({ network: mlpOf([784, ...hidden, 10]), seed, ...arithmetic });
  await session.addMemory({ view: first, rows: identity(50) });
  await session.vectors.copy('parameters', 'anchor');
  if (penalty) {
    const perTensor = penalty === 'per-tensor';
    await session.findDirection({ ...random, perTensor });
    await session.setPenalties([
      { strength: 0.05, direction: 'direction', perTensor, radius: random.radius, gradient: 'autograd' },
    ]);
  }
  await session.createOptimizer(optimizer);
  const seen: number[] = [];
  while (seen.length < 100) {
    const outcome = await session.trainEpoch({ views: [second], batchSize, rehearsal });
    seen.push(...outcome.losses);
  }
  return seen.slice(0, 100);
}

/** The largest relative difference from autograd's among the first `count` losses. */
export async function divergence(
  arithmetic: Arithmetic,
  training: Training,
): Promise<(count: number) => number> {
  const expected = await losses(autograd, training);
  const actual = await losses(arithmetic, training);
  const differences = expected.map((loss, step) => Math.abs((actual[step] ?? Number.NaN) / loss - 1));
  return (count) => Math.max(...differences.slice(0, count));
}

/** Two-sided 99.9 % quantile of Student's t with 4 degrees of freedom. */
const T_999_4 = 8.61;

/**
 * A paired t-test: final accuracies of 5 seeds under two arithmetics.
 * @returns the mean difference in percentage points, and what it may be by chance 999 times in 1000.
 */
export async function accuracyDifference(
  arithmetic: Arithmetic,
  device: 'cpu' | 'cuda',
): Promise<{ readonly mean: number; readonly bound: number }> {
  const final = async (by: Arithmetic, seed: number): Promise<number> => {
    const { taskMeans } = await runExperiment({
      strategy: 'er+lfd',
      tasks: 2,
      epochs: 1,
      hidden: [64],
      device,
      threads: 1,
      seed,
      ...by,
    });
    return taskMeans.at(-1) ?? Number.NaN;
  };
  const differences: number[] = [];
  for (const seed of [1, 2, 3, 4, 5]) {
    differences.push((await final(arithmetic, seed)) - (await final(autograd, seed)));
  }
  const mean = differences.reduce((sum, value) => sum + value, 0) / 5;
  const deviation = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4);
  return { mean, bound: (T_999_4 * deviation) / Math.sqrt(5) };
}
