import { integer, oneOf, positive } from '../options/kinds.js';
import { inGroup, withDefault } from '../options/option.js';
import type { StrategyDefinition } from '../training/definition.js';
import { type ExemplarOptions, exemplarsFor, keepExemplars } from './rehearsal/class-exemplars.js';
import { distilled, firstUnlearnt, requireOrder } from './rehearsal/classes-in-turn.js';
import { classifyByMeans } from './rehearsal/nearest-mean.js';
import { type PublishedOptions, published, splitMnistOffline } from './rehearsal/published.js';

interface IcarlOptions extends ExemplarOptions, PublishedOptions<'split-mnist-class'> {
  /** By which outputs of the network as it was are divided before their sigmoid is a target. Default 1. */
  readonly temperature: number;
}

/** The weights as they are trained, while the last layer is made of the classes' means. */
const TRAINED = 'icarl-trained';

/** Incremental classifier and representation learning: between tasks the network classifies by the means of its exemplars. */
export const icarl: StrategyDefinition<IcarlOptions, 'icarl', 'method'> = {
  name: 'icarl',
  title:
    'iCaRL: the nearest mean of exemplars classifies, and the features are learnt by sigmoids and distillation',
  summary:
    'A memory of fixed size is shared by the classes and filled by herding; tasks train on it beside their own examples. New classes ' +
    'are learnt by the cross-entropy of sigmoids, earlier ones keep the sigmoids of the network as it was, and what is measured, ' +
    'predicted and saved has the classes’ mean features for a last layer.',
  source: 'S.-A. Rebuffi et al., iCaRL: incremental classifier and representation learning, CVPR, 2017',
  scenarios: ['task', 'class'],
  alone: 'after each task its last layer is made of the memory’s mean features',
  needs: ['targets', 'binary'],
  options: inGroup('Memory and rehearsal', {
    preset: published('split-mnist-class'),
    memorySize: withDefault(
      integer(1, 10_000_000),
      2000,
      'training examples kept of all classes together, as many of each, or of each class',
    ),
    memoryPer: withDefault(oneOf(['all', 'class']), 'all', "what the memory's size counts for"),
    temperature: withDefault(
      positive,
      1,
      'by which outputs of the network as it was are divided before their sigmoid is a target',
    ),
  }),
  presets: {
    'split-mnist-class': {
      options: { memorySize: 100, memoryPer: 'class', temperature: 2 },
      setting: splitMnistOffline,
    },
  },
  create(config, { tasks }) {
    requireOrder(tasks);
    if (tasks.length > 0) exemplarsFor(config, ...tasks.map(({ labels }) => labels));
    let learnt = 0;
    return {
      joinsMemory: true,
      async beforeTask({ session, task, view, labels }) {
        const held = await session.memoryLabels();
        if (task > 0) requireOrder([{ labels: held }, { labels }]);
        exemplarsFor(config, held, labels);
        if (task === 0) return;
        await session.vectors.copy(TRAINED, 'parameters');
        await session.vectors.drop(TRAINED);
        await session.takeTargets({ view });
        await session.takeMemoryTargets();
      },
      async beforeEpoch({ session }) {
        learnt = firstUnlearnt(await session.memoryLabels());
      },
      objective: (context) => ({ batchLoss: distilled(context, learnt, config.temperature) }),
      remember: (context) => keepExemplars(config, context),
      async afterTask({ session, view }) {
        await session.dropTargets(view);
        await session.dropMemoryTargets();
        await session.vectors.copy('parameters', TRAINED);
        await classifyByMeans(session);
      },
    };
  },
};
