import type { StrategyConfig } from '../../training/definition.js';
import type { Strategy } from '../../training/strategy.js';
import type { MemoryOptions } from '../rehearsal/memory.js';
import { type RehearseOptions, rehearsalOf } from '../rehearsal/rehearse.js';
import { memoryHooks } from '../rehearsal/remember.js';
import type { LfdOptions } from './options.js';
import { directionPenalty, moveToEquilibriumPoint, rememberAnchor, searchDirection } from './parts.js';
import { reportDeviation } from './way.js';

type LfdConfig = StrategyConfig<LfdOptions & MemoryOptions & RehearseOptions>;

/**
 * Less-forgetting direction and equilibrium point (Wen et al., 2024), complete: find the direction on the memory,
 * learn under it, move to the equilibrium point.
 */
export function lessForgetting(config: LfdConfig): Strategy {
  return {
    ...penalised(config),
    ...rehearsalOf(config),
    async beforeTask(context) {
      await rememberAnchor(config, context);
      if (context.task > 0) await searchDirection(config, context);
    },
    ...memoryHooks(config),
    async afterTask(context) {
      if (context.task === 0) return;
      await reportDeviation(context, config);
      if (config.equilibriumPoint === 'on') await moveToEquilibriumPoint(config, context);
    },
  };
}

/**
 * What the reference implementation does, bit for bit: every epoch has a random direction and an optimiser of its own. Its
 * pass over the memory changes no number and is left out; the random draws of filling the memory are not.
 */
export function reference(config: LfdConfig): Strategy {
  return {
    ...penalised(config),
    beforeTask: (context) => rememberAnchor(config, context),
    async beforeEpoch(context) {
      await context.session.createOptimizer(config);
      if (context.task > 0) await searchDirection(config, context);
    },
    async afterTask(context) {
      if (context.task > 0) await reportDeviation(context, config);
      await context.session.skipOrder(context.view);
    },
  };
}

function penalised(config: LfdConfig): Strategy {
  return {
    whenDiverging: 'a smaller alpha and radius (--alpha, --radius)',
    objective: ({ task }) => ({ penalties: task > 0 ? [directionPenalty(config)] : [] }),
  };
}
