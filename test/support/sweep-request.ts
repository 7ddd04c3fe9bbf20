import type { Space } from '../../lib/search/space.js';
import type { Definitions } from '../../lib/sweep/plan/definitions.js';
import type { Planning } from '../../lib/sweep/plan/plan.js';
import { planRequest, type SweepRequest } from '../../lib/sweep/plan/spec.js';

/** Of neither strategies nor benchmarks of one's own. */
const NONE: Definitions = { strategies: new Map(), benchmarks: new Map() };

/** One of these values. */
export function choice(...values: unknown[]): Space[string] {
  return { kind: 'choice', values };
}

/** A learning rate. */
export const log: Space[string] = { kind: 'interval', scale: 'log', low: 1e-5, high: 1e-1 };

/** A sweep over split-mnist, with two seeds unless it says otherwise. */
export function planned({
  options = {},
  axes = {},
  seeds = [1, 2],
  how = {},
}: Partial<SweepRequest>): Planning {
  return planRequest({ options: { benchmark: 'split-mnist', ...options }, axes, seeds, how }, NONE);
}
