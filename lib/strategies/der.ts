import type { Preset, Setting, StrategyConfig, StrategyDefinition } from '../training/definition.js';
import type { Strategy } from '../training/strategy.js';
import { lessStrength, type StrengthOptions, strength } from './regularisation/options.js';
import { type DrawOptions, replayBatchSize } from './rehearsal/draws.js';
import { requireExemplars } from './rehearsal/exemplars.js';
import { type KeptOptions, keptOptions, needsMemory } from './rehearsal/memory.js';
import {
  type PublishedOptions,
  permutedMnistOnline,
  published,
  splitMnistOnline,
} from './rehearsal/published.js';
import { memoryHooks } from './rehearsal/remember.js';

export interface DarkOptions extends StrengthOptions, KeptOptions, DrawOptions {}

type Published = 'split-mnist-500' | `permuted-mnist-${200 | 500 | 5120}`;
type DerOptions = DarkOptions & PublishedOptions<Published>;

/** As published: a reservoir, whose outputs are those of the steps that it took the examples from. */
function reservoir(memorySize: number, weight: number, setting: Setting): Preset<DerOptions> {
  return { options: { strength: weight, memorySize, memorySelection: 'reservoir' }, setting };
}

/** Dark experience replay: what the network said of the memory's examples when they were kept is replayed. */
export const der: StrategyDefinition<DerOptions, 'der', 'method'> = {
  name: 'der',
  title: 'dark experience replay: the outputs for the memory’s examples are kept as they were',
  summary:
    'Beside each example of the memory the network’s outputs are stored when it is kept. Each step draws some and adds strength · the ' +
    'mean squared difference of the outputs now to the loss. Examples are kept at the end of their task, or with ' +
    '--memory-selection reservoir while it is learnt, as published.',
  source:
    'P. Buzzega et al., Dark experience for general continual learning: a strong, simple baseline, NeurIPS, 2020',
  needs: ['draws'],
  options: {
    preset: published('split-mnist-500', 'permuted-mnist-200', 'permuted-mnist-500', 'permuted-mnist-5120'),
    strength: strength(1),
    ...keptOptions,
    replayBatchSize,
  },
  presets: {
    'split-mnist-500': reservoir(500, 1, splitMnistOnline(0.03)),
    'permuted-mnist-200': reservoir(200, 1, permutedMnistOnline(0.2)),
    'permuted-mnist-500': reservoir(500, 1, permutedMnistOnline(0.2)),
    'permuted-mnist-5120': reservoir(5120, 0.5, permutedMnistOnline(0.2)),
  },
  problems: needsMemory,
  create(config, { tasks }) {
    requireExemplars(config, tasks);
    return darkReplay(config, 0);
  },
};

/** @param labels - Weight of the cross-entropy of a second draw (DER++). */
export function darkReplay(config: StrategyConfig<DarkOptions>, labels: number): Strategy {
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
    ...memoryHooks(config, { targets: true }),
  };
}
