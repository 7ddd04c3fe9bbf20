import type { StrategyDefinition } from '../training/definition.js';

/** Joint training that goes on: one model learns all tasks so far together at each task. */
export const cumulative: StrategyDefinition<Record<never, never>, 'cumulative', 'upper bound'> = {
  name: 'cumulative',
  title: 'one model that goes on with all tasks so far together',
  summary:
    'At each task the model goes on from where it stands and learns the data of all tasks so far together; joint begins with a ' +
    'new model. No method of continual learning may do that.',
  role: 'upper bound',
  create: () => ({ joint: true }),
};
