import { strategyNamed } from '../../lib/strategies/index.js';
import type { Scenario } from '../../lib/training/definition.js';

/** A scenario that a strategy has to be run in; undefined where the benchmark's first one will do. */
export function scenarioOf(strategy: string): Scenario | undefined {
  return strategyNamed(strategy)?.scenarios?.[0];
}
