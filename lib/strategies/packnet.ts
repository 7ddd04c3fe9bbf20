import { integer, number } from '../options/kinds.js';
import { inGroup, withDefault } from '../options/option.js';
import type { StrategyDefinition } from '../training/definition.js';
import { byVector, measuredByOwnWeights } from './architecture/own-weights.js';
import { keepLargest } from './architecture/pruning.js';

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
    async afterTask({ session, task, view, labels, phase }) {
      const { vectors } = session;
      const isLast = tasks.length > 0 && task === tasks.length - 1;
      const pruned = isLast ? 0 : config.pruned;
      const [parameters, free] = [await vectors.get('parameters'), await vectors.get('packnet-free')];
      const { kept, left } = keepLargest(parameters, free, { task, labels, pruned });
      await vectors.set(`packnet-kept-${task}`, kept);
      await vectors.set('parameters', left);
      const { batchSize, lastBatch } = config;
      await session.setMask(`packnet-kept-${task}`);
      await phase({ name: 'retraining', label: 'retraining' }, async ({ signal }) => {
        for (let epoch = 0; epoch < config.retrainEpochs; ++epoch) {
          await session.createOptimizer(config);
          await session.trainEpoch({ views: [view], batchSize, lastBatch }, { signal });
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
      put: byVector(
        (task) => `packnet-known-${task}`,
        (vectors, known) => vectors.multiply('parameters', known),
      ),
    }),
  }),
};
