import { type MeanAndDeviation, meanAndDeviation } from '../metrics/statistics.js';
import type { RunResult } from '../runs/types.js';
import type { ReproducedRow } from './define.js';

/**
 * Whether a row's value was met: `undecided` where nothing was published that could decide, and where no seed ended with
 * an accuracy.
 */
export type Verdict = 'inside' | 'outside' | 'undecided';

/** A row of a published table with what came out here. */
export interface RowOutcome {
  readonly row: ReproducedRow;
  readonly runs: readonly RunResult[];
  /** Percent: the average accuracy after the last task over the seeds that did not diverge; null where all did. */
  readonly ours: MeanAndDeviation | null;
  /** Points: ours less the published one; null where one of the two is missing. */
  readonly difference: number | null;
  readonly verdict: Verdict;
  /** Mean wall-clock seconds of a run. */
  readonly seconds: number;
}

/** @param runs - Of all seeds, at least one. */
export function outcomeOf(row: ReproducedRow, runs: readonly RunResult[]): RowOutcome {
  const values = runs.flatMap(({ metrics, diverged }) =>
    metrics && !diverged ? [metrics.averageAccuracy] : [],
  );
  const ours = values.length > 0 ? meanAndDeviation(values) : null;
  const { published, accepted } = row;
  return {
    row,
    runs,
    ours,
    difference: ours && published ? ours.mean - published.mean : null,
    verdict: ours && accepted ? (isInside(ours.mean, accepted) ? 'inside' : 'outside') : 'undecided',
    seconds: meanAndDeviation(runs.map(({ seconds }) => seconds.total)).mean,
  };
}

function isInside(mean: number, [least, most]: readonly [number, number]): boolean {
  return mean >= least && mean <= most;
}
