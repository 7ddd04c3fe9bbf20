import type { StrategyName } from '../options/schema.js';

/** A built-in strategy in words, for help and documents. */
export interface StrategyTexts {
  /** A few words. */
  readonly title: string;
  /** A sentence or two: what it does, and what it is good for. */
  readonly summary: string;
}

/** The compiler holds this list and the built-in strategies equal. */
export const strategyTexts: Readonly<Record<StrategyName, StrategyTexts>> = {
  baseline: {
    title: 'naive fine-tuning: what forgetting is measured against',
    summary: 'Each task is trained as if the others had never been.',
  },
  lfd: {
    title: 'less-forgetting direction and equilibrium point',
    summary:
      'Before a task it searches the direction in which the weights may move while a small memory is least forgotten, ' +
      'and penalises leaving it; after the task it moves the weights to the best point between the old and the new ones ' +
      '(Wen et al., 2024; docs/lfd.md).',
  },
  'er+lfd': {
    title: 'rehearsal together with lfd',
    summary:
      'Does what er and lfd do: examples of the memory join every batch, and the direction is followed.',
  },
  er: {
    title: 'rehearsal (experience replay): examples of a memory join every batch',
    summary:
      'A few examples of each task are kept, and some of them join every batch of the later tasks (Chaudhry et al., 2019).',
  },
  joint: {
    title: 'the upper bound: all tasks so far together',
    summary:
      'After each task a new model learns the data of all tasks so far together. No method of continual learning may do that.',
  },
};
