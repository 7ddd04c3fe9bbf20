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
  create(config) {
    let before: Float32Array[] = [];
    return {
      async beforeTask({ session }) {
        before = (await session.parameters()).map(({ data }) => data);
        await session.createOptimizer(config);
      },
      async afterTask({ session, task }) {
        if (task === 0) return;
        const after = (await session.parameters()).map(({ data }) => data);
        const mixed = after.map((values, tensor) =>
          values.map((value, i) => value + config.keep * ((before[tensor]?.[i] ?? value) - value)),
        );
        await session.setParameters(mixed);
      },
    };
  },
});
