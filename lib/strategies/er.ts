import type { MemoryConfig } from '../options/schema.js';
import type { Strategy } from '../training/strategy.js';
import { remember } from './parts.js';

/** Experience replay (Chaudhry et al., 2019): examples of the memory join every batch. */
export function er(config: MemoryConfig): Strategy {
  return {
    rehearsal: config.rehearsal,
    async beforeTask({ session }) {
      await session.createOptimizer(config);
    },
    async afterTask(context) {
      await remember(config, context);
    },
  };
}
