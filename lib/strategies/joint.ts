import type { TrainingConfig } from '../options/schema.js';
import type { Strategy } from '../training/strategy.js';

/**
 * Joint training, the upper bound: after each task a new model learns all tasks so far together (docs/metrics.md). It
 * keeps all data, which the methods of continual learning must not.
 */
export function joint(config: TrainingConfig): Strategy {
  return {
    joint: true,
    async beforeTask(context) {
      if (context.task > 0) await context.renewModel();
      await context.session.createOptimizer(config);
    },
  };
}
