import { integer, number } from '../options/kinds.js';
import { inGroup, withDefault } from '../options/option.js';
import type { StrategyDefinition } from '../training/definition.js';
import type { TaskContext } from '../training/strategy.js';
import { measuredByOwnWeights } from './architecture/own-weights.js';

interface PacknetOptions {
  /** Share of the weights still free that a task gives back, the smallest of each layer. Default 0.5. */
  readonly pruned: number;
  /** Passes over the task's examples by which the weights that it keeps are trained again. Default 1. */
  readonly retrainEpochs: number;
}

/**
 * PackNet: each task keeps the largest of the weights that are free, layer by layer, and these are never changed again.
 * Biases are the first task's; a task is measured by the weights of the tasks up to it alone.
 */
export const packnet: StrategyDefinition<PacknetOptions, 'packnet', 'method'> = {
  name: 'packnet',
  title: 'PackNet: each task keeps some of the weights, frozen from then on',
  summary:
    'After a task the smallest of the weights that are still free become zero and stay free for the next one; the others are ' +
    'trained a little more, and frozen. An earlier task is measured by the weights that it knew, so that nothing is forgotten.',
  source:
    'A. Mallya, S. Lazebnik, PackNet: adding multiple tasks to a single network by iterative pruning, CVPR, 2018',
  scenarios: ['task'],
  alone: 'it decides itself which weights a step may change, and which a task is measured by',
  needs: ['mask'],
  options: inGroup('Architecture', {
    pruned: withDefault(
      number(0, 0.99),
      0.5,
      'share of the weights still free that a task gives back, the smallest of each layer',
    ),
    retrainEpochs: withDefault(
      integer(0, 1000),
      1,
      "passes over the task's examples by which the weights that it keeps are trained again",
    ),
  }),
  create: (config, { tasks }) => ({
    objective: () => ({ mask: 'packnet-free' }),
    async beforeTask({ session, task }) {
      if (task === 0) await session.vectors.fill('packnet-free', 1);
    },
    async afterTask(context) {
      const { session, task, view, phase } = context;
      const { vectors } = session;
      const isLast = tasks.length > 0 && task === tasks.length - 1;
      await keepLargest(context, isLast ? 0 : config.pruned);
      const { batchSize } = config;
      await session.setMask(`packnet-kept-${task}`);
      await phase({ name: 'retraining', label: 'retraining' }, async ({ signal }) => {
        for (let epoch = 0; epoch < config.retrainEpochs; ++epoch) {
          await session.createOptimizer(config);
          await session.trainEpoch({ views: [view], batchSize }, { signal });
        }
      });
      await session.setMask(null);
      // What earlier tasks and this one have is frozen; this one is measured by all of it.
      await vectors.copy(`packnet-kept-${task}`, `packnet-known-${task}`);
      if (task > 0) await vectors.add(`packnet-known-${task}`, `packnet-known-${task - 1}`);
      await vectors.add('packnet-free', `packnet-kept-${task}`, -1);
      await vectors.drop(`packnet-kept-${task}`);
    },
    ...measuredByOwnWeights({
      aside: 'packnet-all',
      vectorOf: (task) => `packnet-known-${task}`,
      put: (vectors, known) => vectors.multiply('parameters', known),
    }),
  }),
};

/**
 * The vector `packnet-kept-<task>` becomes 1 at the weights that the task keeps of those that are free, and 0 elsewhere; what
 * it gives back becomes 0. Of the last layer it keeps all that leads to its own outputs, and nothing else. Of the other
 * layers' biases none are given back: the first task keeps all.
 */
async function keepLargest(
  { session: { vectors }, task, labels }: TaskContext,
  pruned: number,
): Promise<void> {
  const [parameters, free] = [await vectors.get('parameters'), await vectors.get('packnet-free')];
  const own = new Set(labels);
  const [first, last] = [Math.min(...own), Math.max(...own)];
  const kept = parameters.map(({ data, shape }, tensor) => {
    const mask = new Float32Array(data.length);
    if (tensor >= parameters.length - 2) {
      const width = data.length / (shape[0] ?? 1);
      return mask.fill(1, first * width, (last + 1) * width);
    }
    if (shape.length < 2) return task === 0 ? mask.fill(1) : mask;
    const order = [...data.keys()].filter((at) => free[tensor]?.data[at] === 1);
    order.sort((a, b) => Math.abs(data[a] ?? 0) - Math.abs(data[b] ?? 0));
    for (const at of order.slice(Math.floor(pruned * order.length))) mask[at] = 1;
    return mask;
  });
  const isGivenBack = (tensor: number, at: number): boolean =>
    tensor < parameters.length - 2 && free[tensor]?.data[at] === 1 && kept[tensor]?.[at] === 0;
  const left = parameters.map(({ data }, tensor) =>
    data.map((value, at) => (isGivenBack(tensor, at) ? 0 : value)),
  );
  await vectors.set(`packnet-kept-${task}`, kept);
  await vectors.set('parameters', left);
}
