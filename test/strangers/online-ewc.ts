// A stranger's strategy, in TypeScript alone: online elastic weight consolidation, with options of its own.
import { defineStrategy, option, type StrategyDefinition } from '../../lib/index.js';

interface OnlineEwcOptions {
  readonly ewcLambda: number;
  readonly ewcDecay: number;
}

export const onlineEwc: StrategyDefinition<OnlineEwcOptions> = defineStrategy({
  name: 'online-ewc',
  title: 'online elastic weight consolidation: leaving what mattered is penalised',
  source: 'J. Schwarz et al., Progress & compress: a scalable framework for continual learning, 2018',
  options: {
    ewcLambda: option.withDefault(option.number(0, 1e9), 100, 'weight of the penalty'),
    ewcDecay: option.withDefault(
      option.number(0, 1),
      1,
      'share of the earlier importance that a task leaves',
    ),
  },
  create: (config) => ({
    objective: ({ task }) => ({
      penalties: task > 0 ? [{ strength: config.ewcLambda / 2, importance: 'importance' }] : [],
    }),
    async afterTask({ session, view, labels, task }) {
      await session.importance({ view, rows: Int32Array.from(labels.keys()), target: 'fisher' });
      if (task === 0) await session.vectors.fill('importance', 0);
      await session.vectors.scale('importance', config.ewcDecay);
      await session.vectors.add('importance', 'fisher');
      await session.vectors.copy('parameters', 'anchor');
    },
  }),
});
