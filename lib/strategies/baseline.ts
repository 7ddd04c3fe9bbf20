import type { StrategyDefinition } from '../training/definition.js';

/** Naive fine-tuning. */
export const baseline: StrategyDefinition<Record<never, never>, 'baseline', 'lower bound'> = {
  name: 'baseline',
  title: 'naive fine-tuning: what forgetting is measured against',
  summary: 'Each task is trained as if the others had never been.',
  role: 'lower bound',
  create: () => ({}),
};
