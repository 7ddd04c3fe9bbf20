import { number } from '../options/kinds.js';
import { withDefault } from '../options/option.js';
import type { StrategyDefinition } from '../training/definition.js';
import { type DarkOptions, darkReplay } from './der.js';
import { strength } from './regularisation/options.js';
import { replayBatchSize } from './rehearsal/draws.js';
import { requireExemplars } from './rehearsal/exemplars.js';
import { keptOptions, needsMemory } from './rehearsal/memory.js';
import {
  type PublishedOptions,
  permutedMnistOnline,
  published,
  splitMnistOnline,
} from './rehearsal/published.js';

type Published = 'split-mnist-500' | `permuted-mnist-${200 | 500}`;

interface DerppOptions extends DarkOptions, PublishedOptions<Published> {
  /** Weight of the cross-entropy of a second draw from the memory. Default 0.5. */
  readonly labelStrength: number;
}

/** Dark experience replay with the labels as well. */
export const derpp: StrategyDefinition<DerppOptions, 'derpp', 'method'> = {
  name: 'derpp',
  title: 'dark experience replay with the memory’s labels, too (DER++)',
  summary:
    'What der does, and a second draw from the memory whose cross-entropy is added to the loss, times --label-strength.',
  source:
    'P. Buzzega et al., Dark experience for general continual learning: a strong, simple baseline, NeurIPS, 2020',
  needs: ['draws'],
  options: {
    preset: published('split-mnist-500', 'permuted-mnist-200', 'permuted-mnist-500'),
    strength: strength(1),
    labelStrength: withDefault(
      number(0, 1e6),
      0.5,
      'weight of the cross-entropy of a second draw from the memory',
      { group: 'Memory and rehearsal' },
    ),
    ...keptOptions,
    replayBatchSize,
  },
  presets: {
    'split-mnist-500': {
      options: { memorySize: 500, memorySelection: 'reservoir', replayBatchSize: 10 },
      setting: splitMnistOnline(0.03),
    },
    'permuted-mnist-200': {
      options: { memorySize: 200, memorySelection: 'reservoir', labelStrength: 1 },
      setting: permutedMnistOnline(0.1),
    },
    'permuted-mnist-500': {
      options: { memorySize: 500, memorySelection: 'reservoir' },
      setting: permutedMnistOnline(0.2),
    },
  },
  problems: needsMemory,
  create(config, { tasks }) {
    requireExemplars(config, tasks);
    return darkReplay(config, config.labelStrength);
  },
};
