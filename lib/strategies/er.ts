import type { StrategyDefinition } from '../training/definition.js';
import { requireExemplars } from './rehearsal/exemplars.js';
import { type MemoryOptions, memoryOptions, withoutMemory } from './rehearsal/memory.js';
import { remember } from './rehearsal/remember.js';

/** Experience replay. */
export const er: StrategyDefinition<MemoryOptions, 'er', 'method'> = {
  name: 'er',
  title: 'rehearsal (experience replay): examples of a memory join every batch',
  summary:
    'A few examples of each task are kept, and some of them join every batch of the later tasks (Chaudhry et al., 2019).',
  source: 'A. Chaudhry et al., On tiny episodic memories in continual learning, 2019',
  options: memoryOptions({ rehearsal: 64 }),
  problems: withoutMemory,
  create(config, { tasks }) {
    requireExemplars(config, tasks);
    return {
      rehearsal: config.rehearsal,
      remember: (context) => remember(config, context),
    };
  },
};
