import type { RunResult } from '../../runs/types.js';

/** A run ended because its training diverged. */
const DIVERGED = 3;

/** Of a command whose runs all came to an end. A run that diverged did not do what was asked for, though it ended in order. */
export function exitCodeOf(runs: readonly RunResult[]): number {
  return runs.some(({ status }) => status === 'diverged') ? DIVERGED : 0;
}
