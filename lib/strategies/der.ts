import { integer } from '../options/kinds.js';
import { type Option, withDefault } from '../options/option.js';
import type { StrategyConfig, StrategyDefinition } from '../training/definition.js';
import type { Strategy } from '../training/strategy.js';
import { lessStrength, type StrengthOptions, strength } from './regularisation/options.js';
import { requireExemplars } from './rehearsal/exemplars.js';
import { type KeptOptions, keptOptions, needsMemory } from './rehearsal/memory.js';
import { remember } from './rehearsal/remember.js';

export interface DerOptions extends StrengthOptions, KeptOptions {
  /** Examples of the memory that each step draws for each loss on it. Default 128. */
  readonly replayBatchSize: number;
}

export const replayBatchSize: Option<number> = withDefault(
  integer(1, 1_000_000),
  128,
  'examples of the memory that each step draws for each loss on it',
  { group: 'Memory and rehearsal' },
);

/** Dark experience replay: what the network said of the memory's examples when they were kept is replayed. */
export const der: StrategyDefinition<DerOptions, 'der', 'method'> = {
  name: 'der',
  title: 'dark experience replay: the outputs for the memory’s examples are kept as they were',
  summary:
    'Beside each example of the memory the network’s outputs are stored when it is kept. Each step draws some and adds strength · the ' +
    'mean squared difference of the outputs now to the loss. Examples are kept at the end of their task.',
  source:
    'P. Buzzega et al., Dark experience for general continual learning: a strong, simple baseline, NeurIPS, 2020',
  needs: ['draws'],
  options: { strength: strength(1), ...keptOptions, replayBatchSize },
  problems: needsMemory,
  create(config, { tasks }) {
    requireExemplars(config, tasks);
    return darkReplay(config, 0);
  },
};

/** @param labels - Weight of the cross-entropy of a second draw (DER++). */
export function darkReplay(config: StrategyConfig<DerOptions>, labels: number): Strategy {
  const { strength: weight, replayBatchSize: examples } = config;
  return {
    whenDiverging: lessStrength,
    objective: () => ({
      draws: [
        ...(weight > 0
          ? [{ examples, crossEntropy: 0, targets: [{ kind: 'squared' as const, weight }] }]
          : []),
        ...(labels > 0 ? [{ examples, crossEntropy: labels }] : []),
      ],
    }),
    remember: (context) => remember(config, context, { targets: true }),
    storesOutputs: true,
  };
}
