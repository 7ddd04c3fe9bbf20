import { oneOf, positive } from '../options/kinds.js';
import { inGroup, withDefault } from '../options/option.js';
import type { StrategyDefinition } from '../training/definition.js';
import type { Objective, TaskContext } from '../training/strategy.js';
import { lessStrength, type StrengthOptions, strength } from './regularisation/options.js';

interface WithPreset {
  readonly preset: 'none' | 'split-mnist';
}

interface LwfOptions extends WithPreset, StrengthOptions {
  /** By which the outputs are divided before they are compared as probabilities. Default 2. */
  readonly temperature: number;
  /** How the two losses are weighed: strength, the task's loss + strength · the distillation of each earlier head; tasks, 1/N and 1 - 1/N of them in the N-th task, the mean over heads. Default strength. */
  readonly weighting: 'strength' | 'tasks';
  /** How an example's distillation is taken over the outputs that it compares. Default sum. */
  readonly outputReduction: 'sum' | 'mean';
}

/** Learning without forgetting. */
export const lwf: StrategyDefinition<LwfOptions, 'lwf', 'method'> = {
  name: 'lwf',
  title: 'learning without forgetting: what the network said of the new examples is kept',
  summary:
    'Adds to the loss how far the probabilities of the earlier outputs are from what they were on the task’s own examples before it ' +
    'began, at a temperature T, times T². It keeps no examples.',
  source: 'Z. Li, D. Hoiem, Learning without forgetting, IEEE TPAMI, 2018',
  needs: ['targets'],
  options: inGroup('Regularisation', {
    preset: withDefault(
      oneOf(['none', 'split-mnist']),
      'none',
      'a published setting, of van de Ven et al. on a benchmark',
    ),
    strength: strength(1),
    temperature: withDefault(
      positive,
      2,
      'by which the outputs are divided before they are compared as probabilities',
    ),
    weighting: withDefault(
      oneOf(['strength', 'tasks']),
      'strength',
      "how the two losses are weighed: strength, the task's loss + strength · the distillation of each earlier head; tasks, 1/N and 1 - 1/N of them in the N-th task, the mean over heads",
    ),
    outputReduction: withDefault(
      oneOf(['sum', 'mean']),
      'sum',
      "how an example's distillation is taken over the outputs that it compares",
    ),
  }),
  // Their program of 2018 takes the mean over examples and outputs, that of its later editions the sum over outputs.
  presets: { 'split-mnist': { options: { weighting: 'tasks', outputReduction: 'mean' } } },
  create: (config) => ({
    whenDiverging: lessStrength,
    async beforeTask({ session, task, view }) {
      if (task > 0) await session.takeTargets({ view });
    },
    objective: (context) => distillation(config, context),
    async afterTask({ session, task, view }) {
      if (task > 0) await session.dropTargets(view);
    },
  }),
};

/** A soft target for each range of outputs that is known; where one range grows, its new outputs had probability 0. */
function distillation(
  { strength, temperature, weighting, outputReduction }: LwfOptions,
  { task, knownClasses, lossClasses }: TaskContext,
): Objective {
  if (task === 0) return {};
  const byTasks = weighting === 'tasks';
  const weight = byTasks ? (1 - 1 / (task + 1)) / knownClasses.length : strength;
  const targets = knownClasses.map((known) => {
    const classes = byTasks && lossClasses.begin === 0 && lossClasses.end > known.end ? lossClasses : known;
    const outputs = outputReduction === 'mean' ? classes.end - classes.begin : 1;
    return { kind: 'soft' as const, weight: weight / outputs, temperature, scaled: true, known, classes };
  });
  return { batchLoss: { crossEntropy: byTasks ? 1 / (task + 1) : 1, targets } };
}
