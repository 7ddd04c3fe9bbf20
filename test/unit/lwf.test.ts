import { describe, expect, test } from 'vitest';
import { planExperiment } from '../../lib/runs/plan.js';
import { lwf } from '../../lib/strategies/lwf.js';
import type { Objective, TaskContext } from '../../lib/training/strategy.js';

/** The objective of the third task, of the preset of van de Ven and Tolias where options do not say otherwise. */
function objective(context: Partial<TaskContext>, options: object = {}): Objective | undefined {
  const { config } = planExperiment({ strategy: 'lwf', preset: 'split-mnist', ...options });
  const strategy = lwf.create(config as never, {} as never);
  return strategy.objective?.({ task: 2, ...context } as TaskContext);
}

const growing = { knownClasses: [{ begin: 0, end: 4 }], lossClasses: { begin: 0, end: 6 } };
const shared = { knownClasses: [{ begin: 0, end: 2 }], lossClasses: { begin: 0, end: 2 } };
const heads = {
  knownClasses: [
    { begin: 0, end: 2 },
    { begin: 2, end: 4 },
  ],
  lossClasses: { begin: 4, end: 6 },
};

describe('the weights of the distillation', () => {
  // In the third task the new one has the weight 1/3 and the mean over heads, examples and outputs 2/3.
  test.each([
    ['all classes so far, the new ones with probability 0', growing, [2 / 3 / 6]],
    ['outputs that all tasks share', shared, [2 / 3 / 2]],
    ['a head a task', heads, [2 / 3 / 2 / 2, 2 / 3 / 2 / 2]],
  ])('as van de Ven and Tolias have them (2018): %s', (_, context, weights) => {
    const { crossEntropy, targets = [] } = objective(context)?.batchLoss ?? {};
    expect(crossEntropy).toBeCloseTo(1 / 3, 12);
    expect(targets.map(({ weight }) => weight)).toEqual(weights.map((weight) => expect.closeTo(weight, 12)));
  });

  test('a sum over outputs, as in their later editions', () => {
    const { targets = [] } = objective(growing, { preset: 'none', weighting: 'tasks' })?.batchLoss ?? {};
    expect(targets).toEqual([expect.objectContaining({ weight: expect.closeTo(2 / 3, 12) })]);
  });

  test('Li and Hoiem: the task alone has the weight 1, each earlier head the strength', () => {
    const { crossEntropy, targets = [] } =
      objective(heads, { preset: 'none', strength: 0.5 })?.batchLoss ?? {};
    expect(crossEntropy).toBe(1);
    expect(targets.map(({ weight }) => weight)).toEqual([0.5, 0.5]);
  });

  test('the first task has nothing to keep', () => {
    expect(objective({ task: 0, knownClasses: [], lossClasses: { begin: 0, end: 2 } })).toEqual({});
  });
});
