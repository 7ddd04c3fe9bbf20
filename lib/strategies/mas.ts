import { oneOf } from '../options/kinds.js';
import { withDefault } from '../options/option.js';
import type { StrategyDefinition } from '../training/definition.js';
import { measureImportance } from './regularisation/importance.js';
import { chooseLayers, type LayersOptions, layersOption } from './regularisation/layers.js';
import {
  lessStrength,
  type SamplesOptions,
  type StrengthOptions,
  samples,
  strength,
} from './regularisation/options.js';

interface MasOptions extends StrengthOptions, SamplesOptions, LayersOptions {
  /** How the importances of the tasks so far become one: their sum, or their mean. Default sum. */
  readonly accumulation: 'sum' | 'mean';
}

/** Memory-aware synapses: what changes the outputs is held. */
export const mas: StrategyDefinition<MasOptions, 'mas', 'method'> = {
  name: 'mas',
  title: 'memory-aware synapses: weights that the outputs depend on are held',
  summary:
    'Adds strength · Σ Ω (w − w*)² to the loss, Ω being the mean over a task’s examples of |∂ ‖outputs‖² / ∂w|, w* the weights ' +
    'after the task before. It needs no labels.',
  source: 'R. Aljundi et al., Memory aware synapses: learning what (not) to forget, ECCV, 2018',
  needs: ['penalties'],
  options: {
    strength: strength(0.1),
    layers: layersOption,
    importanceSamples: samples,
    accumulation: withDefault(
      oneOf(['sum', 'mean']),
      'sum',
      'how the importances of the tasks so far become one: their sum, or their mean',
      { group: 'Regularisation' },
    ),
  },
  create: (config) => ({
    whenDiverging: lessStrength,
    objective: ({ task }) => ({
      penalties:
        task > 0 ? [{ strength: config.strength, anchor: 'mas-anchor', importance: 'mas-importance' }] : [],
    }),
    beforeTask: ({ session }) => chooseLayers(config, session),
    async afterTask(context) {
      const { task } = context;
      const { vectors } = context.session;
      const { importanceSamples: samples, batchSize } = config;
      await measureImportance(
        { kind: 'outputs', samples, batchSize, layers: config.layers },
        context,
        'mas-task',
      );
      const share = config.accumulation === 'mean' ? 1 / (task + 1) : 1;
      if (task === 0) await vectors.fill('mas-importance', 0);
      else if (config.accumulation === 'mean') await vectors.scale('mas-importance', 1 - share);
      await vectors.add('mas-importance', 'mas-task', share);
      await vectors.drop('mas-task');
      await vectors.copy('parameters', 'mas-anchor');
    },
  }),
};
