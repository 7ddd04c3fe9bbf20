import type { StrategyDefinition } from '../training/definition.js';
import { type DrawOptions, replayBatchSize } from './rehearsal/draws.js';
import { requireExemplars } from './rehearsal/exemplars.js';
import { type KeptOptions, keptOptions, needsMemory } from './rehearsal/memory.js';
import { memoryHooks } from './rehearsal/remember.js';

type ErAceOptions = KeptOptions & DrawOptions;

/** Experience replay with asymmetric cross-entropy. */
export const erAce: StrategyDefinition<ErAceOptions, 'er-ace', 'method'> = {
  name: 'er-ace',
  title: 'experience replay with asymmetric cross-entropy: new classes do not push earlier ones away',
  summary:
    'The cross-entropy of a batch goes over the classes that are among its labels alone, that of the memory’s examples over all ' +
    'classes that the task’s losses go over; the two are added.',
  source:
    'L. Caccia et al., New insights on reducing abrupt representation change in online continual learning, ICLR, 2022',
  needs: ['targets', 'draws'],
  options: { ...keptOptions, replayBatchSize },
  problems: needsMemory,
  create(config, { tasks }) {
    requireExemplars(config, tasks);
    return {
      objective: () => ({
        batchLoss: { classes: 'present' },
        draws: [{ examples: config.replayBatchSize }],
      }),
      ...memoryHooks(config),
    };
  },
};
