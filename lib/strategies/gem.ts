import { number } from '../options/kinds.js';
import { inGroup, withDefault } from '../options/option.js';
import type { StrategyDefinition } from '../training/definition.js';
import { requireExemplars } from './rehearsal/exemplars.js';
import { type KeptOptions, keptOptions, needsMemory } from './rehearsal/memory.js';
import { drawnBy, type ReferenceOptions, referenceBatchSize } from './rehearsal/reference.js';
import { memoryHooks } from './rehearsal/remember.js';

interface GemOptions extends KeptOptions, ReferenceOptions {
  /** Least share of each earlier task's gradient that is added to a step's which goes against one of them. Default 0.5. */
  readonly margin: number;
}

/** Gradient episodic memory. */
export const gem: StrategyDefinition<GemOptions, 'gem', 'method'> = {
  name: 'gem',
  title: 'gradient episodic memory: no step goes against the gradient of any earlier task',
  summary:
    'Where the gradient would raise the loss of an earlier task on its examples in the memory, the nearest one takes its place that ' +
    'raises none, by a quadratic program over the tasks. Each step takes a gradient for each of them.',
  source: 'D. Lopez-Paz, M. Ranzato, Gradient episodic memory for continual learning, NeurIPS, 2017',
  needs: ['draws'],
  options: inGroup('Memory and rehearsal', {
    ...keptOptions,
    referenceBatchSize: referenceBatchSize(0),
    margin: withDefault(
      number(0, 1000),
      0.5,
      "least share of each earlier task's gradient that is added to a step's which goes against one of them",
    ),
  }),
  problems: needsMemory,
  create(config, { tasks }) {
    requireExemplars(config, tasks);
    const { referenceBatchSize, margin } = config;
    const examples = drawnBy(referenceBatchSize);
    return {
      objective: () => ({ draws: [{ examples, use: 'task-references', margin }] }),
      ...memoryHooks(config),
    };
  },
};
