import { integer } from '../options/kinds.js';
import { withDefault } from '../options/option.js';
import type { StrategyDefinition } from '../training/definition.js';
import { type DrawOptions, replayBatchSize } from './rehearsal/draws.js';
import { requireExemplars } from './rehearsal/exemplars.js';
import { type KeptOptions, keptOptions, needsMemory } from './rehearsal/memory.js';
import { memoryHooks } from './rehearsal/remember.js';

interface MirOptions extends KeptOptions, DrawOptions {
  /** Examples of the memory that each step draws to choose from. Default 256. */
  readonly candidates: number;
}

/** Maximally interfered retrieval. */
export const mir: StrategyDefinition<MirOptions, 'mir', 'method'> = {
  name: 'mir',
  title: 'maximally interfered retrieval: the examples are replayed that a step would harm most',
  summary:
    'Each step draws --candidates examples of the memory and replays those whose loss a plain step along the batch’s gradient, as long ' +
    'as the learning rate, would raise most. Their mean loss is added to the batch’s.',
  source: 'R. Aljundi et al., Online continual learning with maximally interfered retrieval, NeurIPS, 2019',
  needs: ['draws'],
  options: {
    ...keptOptions,
    replayBatchSize,
    candidates: withDefault(
      integer(1, 1_000_000),
      256,
      'examples of the memory that each step draws to choose from',
      { group: 'Memory and rehearsal' },
    ),
  },
  problems(config, name) {
    const { candidates, replayBatchSize: examples } = config;
    const tooFew = `${name('candidates')}: ${candidates} are fewer than the ${examples} that ${name('replayBatchSize')} chooses of them`;
    return [...needsMemory(config, name), ...(candidates < examples ? [tooFew] : [])];
  },
  create(config, { tasks }) {
    requireExemplars(config, tasks);
    const { replayBatchSize: examples, candidates } = config;
    return { objective: () => ({ draws: [{ examples, candidates }] }), ...memoryHooks(config) };
  },
};
