import { object, readProperty } from '../base/arguments.js';
import {
  type AccuracyMatrix,
  averageAccuracy,
  backwardTransfer,
  forgetting,
  forwardTransfer,
  learningAccuracy,
  requireMatrix,
} from './continual.js';

/** Accuracies of a run on tasks that it has not learnt yet, in percent. */
export interface UnseenAccuracy {
  /** `initial[j]`: percent right on task j before any training. */
  readonly initial: readonly number[];
  /** `later[i]`: percent right on the tasks i + 1, i + 2, … after training task i. */
  readonly later: AccuracyMatrix;
}

/** A run in a few numbers, over the tasks that it has finished. Differences of percentages are percentage points. */
export interface ContinualMetrics {
  /** ACC, percent. */
  readonly averageAccuracy: number;
  /** Percent right on each task just after learning it, averaged. */
  readonly learningAccuracy: number;
  /** Percentage points; null for a single task. */
  readonly forgetting: number | null;
  /** BWT, percentage points; null for a single task. */
  readonly backwardTransfer: number | null;
  /** FWT, percentage points; null for a single task, and for a run that did not measure the unseen tasks. */
  readonly forwardTransfer: number | null;
}

/**
 * The metrics of a run (docs/metrics.md), or null before its first task is done.
 *
 * @param accuracy - `accuracy[i][j]`: percent right on task j after training task i, j ≤ i.
 * @param unseen - The same for j > i; null when it was not measured.
 */
export function continualMetrics(
  accuracy: AccuracyMatrix,
  unseen: UnseenAccuracy | null,
): ContinualMetrics | null {
  const acc = averageAccuracy(accuracy);
  if (unseen !== null) requireMatrix(readProperty(object(unseen, 'unseen'), 'later'), 'unseen.later');
  const learning = learningAccuracy(accuracy);
  if (acc === null || learning === null) return null;
  return {
    averageAccuracy: acc,
    learningAccuracy: learning,
    forgetting: forgetting(accuracy),
    backwardTransfer: backwardTransfer(accuracy),
    forwardTransfer: unseen && forwardTransfer(whole(accuracy, unseen), unseen.initial),
  };
}

/** The matrix with its upper triangle. */
function whole(accuracy: AccuracyMatrix, { later }: UnseenAccuracy): AccuracyMatrix {
  return accuracy.map((row, task) => [...row, ...(later[task] ?? [])]);
}
