import type { StrategyDefinition } from '../training/definition.js';
import { requireExemplars } from './rehearsal/exemplars.js';
import { type KeptOptions, keptOptions, needsMemory } from './rehearsal/memory.js';
import {
  type PublishedOptions,
  permutedMnistOnline,
  published,
  splitMnistOnline,
} from './rehearsal/published.js';
import { drawnBy, type ReferenceOptions, referenceBatchSize } from './rehearsal/reference.js';
import { memoryHooks } from './rehearsal/remember.js';

interface AgemOptions
  extends KeptOptions,
    ReferenceOptions,
    PublishedOptions<'split-mnist-500' | 'permuted-mnist-500'> {}

/** Averaged gradient episodic memory. */
export const agem: StrategyDefinition<AgemOptions, 'agem', 'method'> = {
  name: 'agem',
  title: 'averaged gradient episodic memory: no step goes against the memory’s gradient',
  summary:
    'Each step draws examples of the memory. Where the gradient would raise their loss, what it has along theirs is taken from it.',
  source: 'A. Chaudhry et al., Efficient lifelong learning with A-GEM, ICLR, 2019',
  needs: ['draws'],
  options: {
    preset: published('split-mnist-500', 'permuted-mnist-500'),
    ...keptOptions,
    referenceBatchSize: referenceBatchSize(256),
  },
  presets: {
    'split-mnist-500': {
      options: { memorySize: 100, referenceBatchSize: 128 }, // 500 of five tasks
      setting: splitMnistOnline(0.1),
    },
    'permuted-mnist-500': {
      options: { memorySize: 25, referenceBatchSize: 128 }, // of twenty
      setting: permutedMnistOnline(0.1),
    },
  },
  problems: needsMemory,
  create(config, { tasks }) {
    requireExemplars(config, tasks);
    return {
      objective: () => ({ draws: [{ examples: drawnBy(config.referenceBatchSize), use: 'reference' }] }),
      ...memoryHooks(config),
    };
  },
};
