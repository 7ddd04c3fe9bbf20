import { oneOf, positive } from '../options/kinds.js';
import { inGroup, withDefault } from '../options/option.js';
import type { StrategyDefinition } from '../training/definition.js';
import { divideByDistance } from './regularisation/distance.js';
import { chooseLayers, type LayersOptions, layersOption, withinLayers } from './regularisation/layers.js';
import { lessStrength, type StrengthOptions, strength } from './regularisation/options.js';
import {
  type OnlineBenchmark,
  onlineBenchmarks,
  onlinePresets,
  presetOption,
  publishedPresets,
  type WithPreset,
} from './regularisation/published.js';

interface SiOptions extends WithPreset<OnlineBenchmark>, StrengthOptions, LayersOptions {
  /** Added to the squared distance that a weight has moved in a task, by which its path is divided. Default 0.1. */
  readonly xi: number;
  /** Whose gradient the path is of: the loss of the task alone, or the total with the penalty. Default task. */
  readonly pathGradient: 'task' | 'total';
}

/** Synaptic intelligence. */
export const si: StrategyDefinition<SiOptions, 'si', 'method'> = {
  name: 'si',
  title: 'synaptic intelligence: weights by which the loss fell are held',
  summary:
    'Adds strength · Σ Ω (w − w*)² to the loss. Each task adds to Ω how much the loss fell by each weight on its way, the sum of ' +
    '−gradient · change, over the squared distance it has moved and xi. Ω may be negative: it is not clamped.',
  source: 'F. Zenke et al., Continual learning through synaptic intelligence, ICML, 2017',
  needs: ['penalties', 'path'],
  options: inGroup('Regularisation', {
    preset: presetOption(
      'a published setting: of van de Ven et al. on a benchmark, or of Buzzega et al. (online)',
      onlineBenchmarks,
    ),
    strength: strength(10),
    layers: layersOption,
    xi: withDefault(
      positive,
      0.1,
      'added to the squared distance that a weight has moved in a task, by which its path is divided',
    ),
    pathGradient: withDefault(
      oneOf(['task', 'total']),
      'task',
      'whose gradient the path is of: the loss of the task alone, or the total with the penalty',
    ),
  }),
  presets: {
    // Theirs take the gradient of the total loss.
    ...publishedPresets<SiOptions>(
      { 'permuted-mnist': 10, 'split-mnist-task': 10, 'split-mnist-domain': 5e4, 'split-mnist-class': 5e3 },
      (strength) => ({ strength, pathGradient: 'total' }),
    ),
    ...onlinePresets<SiOptions>([{ strength: 1, xi: 0.9 }, 0.1], [{ strength: 0.5, xi: 1 }, 0.1]),
  },
  create: (config) => ({
    whenDiverging: lessStrength,
    objective: ({ task }) => ({
      path: { vector: 'si-path', gradient: config.pathGradient },
      penalties:
        task > 0 ? [{ strength: config.strength, anchor: 'si-anchor', importance: 'si-importance' }] : [],
    }),
    async beforeTask({ session, task }) {
      await chooseLayers(config, session);
      if (task === 0) await session.vectors.copy('parameters', 'si-anchor');
    },
    async afterTask({ session, task }) {
      const { vectors } = session;
      if (task === 0) await vectors.fill('si-importance', 0);
      await divideByDistance(session, { path: 'si-path', anchor: 'si-anchor', xi: config.xi });
      await withinLayers(config, session, 'si-path');
      await vectors.add('si-importance', 'si-path');
      await vectors.fill('si-path', 0);
      await vectors.copy('parameters', 'si-anchor');
    },
  }),
};
