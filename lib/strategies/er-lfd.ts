import type { StrategyDefinition } from '../training/definition.js';
import { lessForgetting } from './lfd/hooks.js';
import { type LfdOptions, lfdOptions } from './lfd/options.js';
import { impossibleTogether } from './lfd/problems.js';
import { requireExemplars } from './rehearsal/exemplars.js';
import { type MemoryOptions, memoryOptions } from './rehearsal/memory.js';

/** Rehearsal and LFD at once: the parts of both. */
export const erLfd: StrategyDefinition<LfdOptions & MemoryOptions, 'er+lfd', 'method'> = {
  name: 'er+lfd',
  title: 'rehearsal together with lfd',
  summary: 'Does what er and lfd do: examples of the memory join every batch, and the direction is followed.',
  options: { ...lfdOptions, ...memoryOptions({ rehearsal: 64 }) },
  problems: (config, name) =>
    config.preset === 'reference'
      ? [
          `${name('preset')}: "reference" is the reference implementation, which is strategy lfd; found er+lfd`,
        ]
      : impossibleTogether(config, name),
  create(config, { tasks }) {
    requireExemplars(config, tasks);
    return lessForgetting(config);
  },
};
