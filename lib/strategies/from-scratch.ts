import type { StrategyDefinition } from '../training/definition.js';

/** A new model for each task: what a task can be learnt to when nothing was learnt before it. */
export const fromScratch: StrategyDefinition<Record<never, never>, 'from-scratch', 'lower bound'> = {
  name: 'from-scratch',
  title: 'a new model for each task',
  summary:
    'Each task is learnt by a new model. What it reaches on its own task is what a method that gives up nothing for the earlier ' +
    'tasks should reach; of these nothing is left.',
  role: 'lower bound',
  create: (config) => ({
    async beforeTask(context) {
      if (context.task === 0) return;
      await context.renewModel();
      await context.session.createOptimizer(config);
    },
  }),
};
