import type { TrainingConfig } from '../options/schema.js';
import type { Strategy } from '../training/strategy.js';

/** Naive fine-tuning: each task is trained as if the others had never been. What forgetting is measured against. */
export function baseline(config: TrainingConfig): Strategy {
  return {
    async beforeTask({ session }) {
      await session.createOptimizer(config);
    },
  };
}
