import type { MemoryConfig } from '../config/schema.js';
import { remember } from './parts.js';
import type { Strategy } from './strategy.js';

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
