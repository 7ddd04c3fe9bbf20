import { integer, number, positive } from '../options/kinds.js';
import { inGroup, withDefault } from '../options/option.js';
import type { StrategyDefinition } from '../training/definition.js';
import { largestOf } from './regularisation/importance.js';
import { chooseLayers, type LayersOptions, layersOption, withinLayers } from './regularisation/layers.js';
import { lessStrength, type StrengthOptions, strength } from './regularisation/options.js';

interface RwalkOptions extends StrengthOptions, LayersOptions {
  /** Steps of an interval, after which the path is judged; an epoch's last one may be shorter. Default 10. */
  readonly interval: number;
  /** Share of the earlier Fisher information that an interval leaves. Default 0.9. */
  readonly fisherDecay: number;
  /** Added to what the Fisher information has the loss fall by a weight, by which its path is divided. Default 0.001. */
  readonly damping: number;
}

/** Riemannian walk: the Fisher information and a score of the path, each by its largest value. */
export const rwalk: StrategyDefinition<RwalkOptions, 'rwalk', 'method'> = {
  name: 'rwalk',
  title: 'Riemannian walk: weights that the outputs or the path depend on are held',
  summary:
    'Adds strength · Σ (F + s) (w − w*)² to the loss. F is a running mean of the squared gradients; s is how much the loss fell by ' +
    'each weight in each interval of steps, over ½ F · moved², a mean over the tasks. Both are divided by their largest value.',
  source:
    'A. Chaudhry et al., Riemannian walk for incremental learning: understanding forgetting and intransigence, ECCV, 2018',
  needs: ['penalties', 'path'],
  options: inGroup('Regularisation', {
    strength: strength(1),
    layers: layersOption,
    interval: withDefault(
      integer(1, 1_000_000),
      10,
      "steps of an interval, after which the path is judged; an epoch's last one may be shorter",
    ),
    fisherDecay: withDefault(
      number(0, 1),
      0.9,
      'share of the earlier Fisher information that an interval leaves',
    ),
    damping: withDefault(
      positive,
      0.001,
      'added to what the Fisher information has the loss fall by a weight, by which its path is divided',
    ),
  }),
  create: (config) => ({
    whenDiverging: lessStrength,
    beforeTask: ({ session }) => chooseLayers(config, session),
    objective: ({ task }) => ({
      path: {
        vector: 'rwalk-path',
        score: {
          ...{ vector: 'rwalk-task-score', curvature: 'rwalk-fisher' },
          ...{ steps: config.interval, decay: config.fisherDecay, damping: config.damping },
        },
      },
      penalties:
        task > 0
          ? [{ strength: config.strength, anchor: 'rwalk-anchor', importance: 'rwalk-importance' }]
          : [],
    }),
    async afterTask({ session, task }) {
      const { vectors } = session;
      if (task === 0) await vectors.fill('rwalk-score', 0);
      else await vectors.scale('rwalk-score', 0.5);
      await vectors.add('rwalk-score', 'rwalk-task-score', task === 0 ? 1 : 0.5);
      await vectors.fill('rwalk-task-score', 0);
      await vectors.fill('rwalk-importance', 0);
      for (const part of ['rwalk-fisher', 'rwalk-score']) {
        const largest = await largestOf(vectors, part);
        if (largest > 0) await vectors.add('rwalk-importance', part, 1 / largest);
      }
      await withinLayers(config, session, 'rwalk-importance');
      await vectors.copy('parameters', 'rwalk-anchor');
    },
  }),
};
