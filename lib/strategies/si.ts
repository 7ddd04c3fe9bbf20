import { oneOf, positive } from '../options/kinds.js';
import { inGroup, withDefault } from '../options/option.js';
import type { Session } from '../session/session.js';
import type { Preset, StrategyDefinition } from '../training/definition.js';
import { chooseLayers, type LayersOptions, layersOption, withinLayers } from './regularisation/layers.js';
import { lessStrength, type StrengthOptions, strength } from './regularisation/options.js';

interface WithPreset {
  readonly preset:
    | 'none'
    | 'permuted-mnist'
    | 'split-mnist-task'
    | 'split-mnist-domain'
    | 'split-mnist-class';
}

interface SiOptions extends WithPreset, StrengthOptions, LayersOptions {
  /** Added to the squared distance that a weight has moved in a task, by which its path is divided. Default 0.1. */
  readonly xi: number;
  /** Whose gradient the path is of: the loss of the task alone, or the total with the penalty. Default task. */
  readonly pathGradient: 'task' | 'total';
}

/** van de Ven and Tolias take the gradient of the total loss. */
function published(c: number): Preset<SiOptions> {
  return { options: { strength: c, pathGradient: 'total' } };
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
    preset: withDefault(
      oneOf(['none', 'permuted-mnist', 'split-mnist-task', 'split-mnist-domain', 'split-mnist-class']),
      'none',
      'a published setting, of van de Ven et al. on a benchmark',
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
    'permuted-mnist': published(10),
    'split-mnist-task': published(10),
    'split-mnist-domain': published(5e4),
    'split-mnist-class': published(5e3),
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
      await divideByDistance(session, config.xi);
      await withinLayers(config, session, 'si-path');
      await vectors.add('si-importance', 'si-path');
      await vectors.fill('si-path', 0);
      await vectors.copy('parameters', 'si-anchor');
    },
  }),
};

/** The path becomes the task's importance: path / ((w − w*)² + xi). */
async function divideByDistance({ vectors }: Session, xi: number): Promise<void> {
  await vectors.copy('parameters', 'si-moved');
  await vectors.add('si-moved', 'si-anchor', -1);
  await vectors.multiply('si-moved', 'si-moved');
  await vectors.fill('si-distance', xi);
  await vectors.add('si-distance', 'si-moved');
  await vectors.divide('si-path', 'si-distance');
  for (const name of ['si-moved', 'si-distance']) await vectors.drop(name);
}
