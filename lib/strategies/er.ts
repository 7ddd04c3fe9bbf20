import { oneOf } from '../options/kinds.js';
import { withDefault } from '../options/option.js';
import type { Preset, Setting, StrategyDefinition } from '../training/definition.js';
import { requireExemplars } from './rehearsal/exemplars.js';
import { type MemoryOptions, memoryOptions, ofEachClass, withoutMemory } from './rehearsal/memory.js';
import {
  type PublishedOptions,
  permutedMnistOnline,
  published,
  splitMnistOffline,
  splitMnistOnline,
} from './rehearsal/published.js';
import { type RehearseOptions, rehearsalOf, rehearse, rehearseProblems } from './rehearsal/rehearse.js';
import { memoryHooks } from './rehearsal/remember.js';

interface ErOptions extends MemoryOptions, RehearseOptions, PublishedOptions<Published> {
  /** How the memory's examples are learnt: joined with the batch under one mean, or separate, a mean of their own added to the batch's. Default joined. */
  readonly replayLoss: 'joined' | 'separate';
}

type Published = 'split-mnist-class' | `${'split-mnist' | 'permuted-mnist'}-${200 | 500 | 5120}`;

/** One mean over the batch and as many examples of a reservoir. */
function joinedReservoir(memorySize: number, rehearsal: number, setting: Setting): Preset<ErOptions> {
  return { options: { memorySize, memorySelection: 'reservoir', rehearsal }, setting };
}

/** Experience replay. */
export const er: StrategyDefinition<ErOptions, 'er', 'method'> = {
  name: 'er',
  title: 'rehearsal (experience replay): examples of a memory join every batch',
  summary:
    'A few examples of each task are kept, and some of them join every batch of the later tasks (Chaudhry et al., 2019).',
  source: 'A. Chaudhry et al., On tiny episodic memories in continual learning, 2019',
  needs: ({ replayLoss }) => (replayLoss === 'separate' ? ['draws'] : []),
  options: {
    preset: published(
      'split-mnist-class',
      ...(['split-mnist-200', 'split-mnist-500', 'split-mnist-5120'] as const),
      ...(['permuted-mnist-200', 'permuted-mnist-500', 'permuted-mnist-5120'] as const),
    ),
    ...memoryOptions({ rehearsal: 64 }),
    rehearse,
    replayLoss: withDefault(
      oneOf(['joined', 'separate']),
      'joined',
      "how the memory's examples are learnt: joined with the batch under one mean, or separate, a mean of their own added to the batch's",
      { group: 'Memory and rehearsal' },
    ),
  },
  presets: {
    'split-mnist-class': {
      options: { ...ofEachClass(100), rehearsal: 128 },
      setting: splitMnistOffline,
    },
    'split-mnist-200': joinedReservoir(200, 10, splitMnistOnline(0.01)),
    'split-mnist-500': joinedReservoir(500, 10, splitMnistOnline(0.1)),
    'split-mnist-5120': joinedReservoir(5120, 10, splitMnistOnline(0.1)),
    'permuted-mnist-200': joinedReservoir(200, 128, permutedMnistOnline(0.2)),
    'permuted-mnist-500': joinedReservoir(500, 128, permutedMnistOnline(0.2)),
    'permuted-mnist-5120': joinedReservoir(5120, 128, permutedMnistOnline(0.2)),
  },
  problems(config, name) {
    const problems = [...withoutMemory(config, name), ...rehearseProblems(config, name)];
    if (config.rehearse === 'epochs' && config.replayLoss === 'separate') {
      problems.push(
        `${name('replayLoss')}: examples that are among an epoch's have no mean of their own; leave it out, or set ` +
          `${name('rehearse')} to "batches"`,
      );
    }
    return problems;
  },
  create(config, { tasks }) {
    requireExemplars(config, tasks);
    if (config.replayLoss === 'joined') return { ...rehearsalOf(config), ...memoryHooks(config) };
    const { rehearsal: examples } = config;
    return {
      objective: () => ({ draws: examples > 0 ? [{ examples }] : [] }),
      ...memoryHooks(config),
    };
  },
};
