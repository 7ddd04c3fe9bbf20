import type { StrategyDefinition } from '../training/definition.js';
import { requireExemplars } from './rehearsal/exemplars.js';
import { type KeptOptions, keptOptionsOf, needsMemory } from './rehearsal/memory.js';
import { type PublishedOptions, published, splitMnistDumb } from './rehearsal/published.js';
import { remember } from './rehearsal/remember.js';
import { renewKeepingMemory } from './rehearsal/renew.js';

type Published = `split-mnist-${300 | 500}` | `split-mnist-wide-${500 | 4400}`;
type GdumbOptions = KeptOptions & PublishedOptions<Published>;

/** Greedy sampler and dumb learner. */
export const gdumb: StrategyDefinition<GdumbOptions, 'gdumb', 'method'> = {
  name: 'gdumb',
  title: 'GDumb: a new model learns a memory that is balanced over the classes, and nothing else',
  summary:
    'A greedy sampler keeps as many examples of each class as of any other. For each task a new model is trained on what it ' +
    'holds alone: what a method that is made for the stream should reach at least.',
  source:
    'A. Prabhu et al., GDumb: a simple approach that questions our progress in continual learning, ECCV, 2020',
  alone: 'it learns nothing but its memory',
  options: {
    preset: published('split-mnist-300', 'split-mnist-500', 'split-mnist-wide-500', 'split-mnist-wide-4400'),
    ...keptOptionsOf({ memorySize: 500, memorySelection: 'balanced' }),
  },
  presets: {
    'split-mnist-300': { options: { memorySize: 300 }, setting: splitMnistDumb(100) },
    'split-mnist-500': { options: { memorySize: 500 }, setting: splitMnistDumb(100) },
    'split-mnist-wide-500': { options: { memorySize: 500 }, setting: splitMnistDumb(400) },
    'split-mnist-wide-4400': { options: { memorySize: 4400 }, setting: splitMnistDumb(400) },
  },
  problems(config, name) {
    const learns = `${name('memorySelection')}: ${config.memorySelection} chooses by what is learnt of the task, and gdumb learns its memory alone`;
    const isByLearning = config.memorySelection === 'reservoir' || config.memorySelection === 'herding';
    return [...needsMemory(config, name), ...(isByLearning ? [learns] : [])];
  },
  create(config, { tasks }) {
    requireExemplars(config, tasks);
    const { memorySelection, memorySize } = config;
    return {
      memoryOnly: memorySelection === 'balanced' ? memorySize : Number.POSITIVE_INFINITY,
      async beforeTask(context) {
        await remember(config, context);
        if (context.task === 0) return;
        await renewKeepingMemory(context);
        await context.session.createOptimizer(config);
      },
    };
  },
};
