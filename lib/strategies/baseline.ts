import type { Strategy } from './strategy.js';

/** Naive fine-tuning: each task is trained as if the others had never been. What forgetting is measured against. */
export const baseline: Strategy = {
  async beforeTask({ session, config }) {
    await session.createOptimizer(config);
  },
};
