import type { StrategyDefinition } from '../training/definition.js';
import { chooseLayers, type LayersOptions, layersOption, layersVector } from './regularisation/layers.js';
import { lessStrength, type StrengthOptions, strength } from './regularisation/options.js';

/** A penalty on leaving the weights of the task before: what importances are compared with. */
export const l2: StrategyDefinition<StrengthOptions & LayersOptions, 'l2', 'method'> = {
  name: 'l2',
  title: 'all weights are held alike where the earlier tasks left them',
  summary: 'Adds strength / 2 ‖w − w*‖² to the loss, w* being the weights after the task before.',
  source: 'J. Kirkpatrick et al., Overcoming catastrophic forgetting in neural networks, PNAS, 2017',
  needs: ['penalties'],
  options: { strength: strength(0.01), layers: layersOption },
  create: (config) => ({
    whenDiverging: lessStrength,
    objective: ({ task }) => ({
      penalties:
        task > 0 ? [{ strength: config.strength / 2, anchor: 'l2-anchor', ...layersVector(config) }] : [],
    }),
    beforeTask: ({ session }) => chooseLayers(config, session),
    afterTask: ({ session }) => session.vectors.copy('parameters', 'l2-anchor'),
  }),
};
