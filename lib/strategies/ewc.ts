import { number, oneOf } from '../options/kinds.js';
import { inGroup, withDefault } from '../options/option.js';
import type { StrategyDefinition } from '../training/definition.js';
import { measureImportance } from './regularisation/importance.js';
import { chooseLayers, type LayersOptions, layersOption } from './regularisation/layers.js';
import {
  type FisherOptions,
  fisherOptions,
  lessStrength,
  type StrengthOptions,
  strength,
} from './regularisation/options.js';
import {
  type OnlineBenchmark,
  onlineBenchmarks,
  onlinePresets,
  presetOption,
  publishedPresets,
  type WithPreset,
} from './regularisation/published.js';
import { addQuadratic, type Kept, quadraticPenalties } from './regularisation/quadratics.js';

export interface EwcOptions
  extends WithPreset<'reference' | OnlineBenchmark>,
    StrengthOptions,
    FisherOptions,
    LayersOptions {
  /** What is kept of several tasks: the exact sum of their penalties; online, one penalty around the last weights; separate, a penalty a task. Default sum. */
  readonly form: Kept['form'];
  /** Share of the earlier importance that a task leaves, of the form online. Default 1. */
  readonly ewcGamma: number;
}

/** Elastic weight consolidation. */
export const ewc: StrategyDefinition<EwcOptions, 'ewc', 'method'> = {
  name: 'ewc',
  title: 'elastic weight consolidation: weights that the earlier tasks need are held',
  summary:
    'Adds strength / 2 · Σ F (w − w*)² to the loss, for each earlier task with the diagonal F of its Fisher information at the ' +
    'weights w* after it.',
  source:
    'J. Kirkpatrick et al., Overcoming catastrophic forgetting in neural networks, PNAS, 2017; online: J. Schwarz et al., ' +
    'Progress & compress, ICML, 2018',
  needs: ['penalties'],
  options: inGroup('Regularisation', {
    preset: presetOption(
      'a published setting: of the article series (reference), of van de Ven et al. on a benchmark, or of Buzzega et al. (online)',
      ['reference', ...onlineBenchmarks],
    ),
    strength: strength(100),
    layers: layersOption,
    ...fisherOptions,
    form: withDefault(
      oneOf(['sum', 'online', 'separate']),
      'sum',
      'what is kept of several tasks: the exact sum of their penalties; online, one penalty around the last weights; separate, a penalty a task',
    ),
    ewcGamma: withDefault(
      number(0, 1),
      1,
      'share of the earlier importance that a task leaves, of the form online',
    ),
  }),
  presets: {
    // 10,000 without the factor 1/2.
    reference: { options: { strength: 20_000, fisher: 'batches', importanceSamples: 0, form: 'online' } },
    // The later lambdas; the Fisher information is of all examples but for permuted-mnist.
    ...publishedPresets<EwcOptions>(
      {
        'permuted-mnist': 100,
        'split-mnist-task': 1e5,
        'split-mnist-domain': 1e10,
        'split-mnist-class': 1e9,
      },
      (strength, benchmark) => ({ strength, importanceSamples: benchmark === 'permuted-mnist' ? 1000 : 0 }),
    ),
    ...onlinePresets<EwcOptions>(
      [{ strength: 90, form: 'online' }, 0.03],
      [{ strength: 0.7, form: 'online' }, 0.1],
    ),
  },
  create(config) {
    const { form, ewcGamma, strength, fisher, importanceSamples, batchSize, layers } = config;
    const kept: Kept = { name: 'ewc', form, gamma: ewcGamma, strength: strength / 2 };
    const choice = { kind: fisher, samples: importanceSamples, batchSize, layers };
    return {
      whenDiverging: lessStrength,
      objective: ({ task }) => ({ penalties: quadraticPenalties(kept, task) }),
      beforeTask: ({ session }) => chooseLayers(config, session),
      afterTask: (context) =>
        addQuadratic(kept, context, (target) => measureImportance(choice, context, target)),
    };
  },
};
