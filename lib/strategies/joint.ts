import type { StrategyDefinition } from '../training/definition.js';

/**
 * Joint training, the upper bound: after each task a new model learns all tasks so far together (docs/metrics.md). It
 * keeps all data, which the methods of continual learning must not.
 */
export const joint: StrategyDefinition<Record<never, never>, 'joint', 'upper bound'> = {
  name: 'joint',
  title: 'the upper bound: all tasks so far together',
  summary:
    'After each task a new model learns the data of all tasks so far together. No method of continual learning may do that.',
  role: 'upper bound',
  create: (config) => ({
    joint: true,
    async beforeTask(context) {
      if (context.task > 0) await context.renewModel();
      await context.session.createOptimizer(config);
    },
  }),
};
