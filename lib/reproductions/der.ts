import type { ReproducedRow, Reproduction } from './define.js';

/** What the tables in the protocol of the DER paper share. */
export const DER_SOURCE =
  'P. Buzzega et al., Dark experience for general continual learning: a strong, simple baseline, NeurIPS, 2020';

/** Its network. */
export const DER_NETWORK = { hidden: [100, 100], init: 'xavier' } as const;

/** The training of its tables with twenty tasks of all digits each. */
export const TWENTY_TASKS: Reproduction['settings'] = {
  tasks: 20,
  ...DER_NETWORK,
  optimizer: 'sgd',
  weightDecay: 0,
  epochs: 1,
  batchSize: 128,
};

/** Points below the lower and above the higher of two published means. */
const MARGIN = 2;

/**
 * A value that the paper and a later run by others agree on within a few points; the later one was read in a copy, the paper's
 * is recalled.
 */
export function rerun(
  paper: number,
  later: number,
): Required<Pick<ReproducedRow, 'published' | 'accepted' | 'note'>> {
  return {
    published: { mean: later, reading: 'copied' },
    accepted: [Math.min(paper, later) - MARGIN, Math.max(paper, later) + MARGIN],
    note: 'Accepted is from two points below the lower of the paper’s value and a later run’s to two above the higher.',
  };
}
