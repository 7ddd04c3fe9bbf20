// A stranger's strategy, in TypeScript alone: after each task the weights are averaged with those before it.
import { defineStrategy, option, type StrategyDefinition } from '../../lib/index.js';

interface AveragingOptions {
  readonly keep: number;
}

export const averaging: StrategyDefinition<AveragingOptions> = defineStrategy({
  name: 'averaging',
  title: 'weights averaged with those before the task',
  options: {
    keep: option.withDefault(
      option.number(0, 1),
      0.5,
      'share of the earlier weights that is kept after a task',
    ),
  },
  create: ({ keep }) => ({
    async beforeTask({ session }) {
      await session.vectors.copy('parameters', 'before');
    },
    async afterTask({ session, task }) {
      if (task === 0) return;
      await session.vectors.scale('parameters', 1 - keep);
      await session.vectors.add('parameters', 'before', keep);
    },
  }),
});
