import { mean, roundHundredths } from './numpy.js';

/**
 * Mean accuracy over the tasks seen so far, in percent, as the article rounds it: numpy's `round(mean(row), 2)`.
 *
 * @param row - Accuracy on each task, in percent.
 */
export function taskMean(row: readonly number[]): number {
  return roundHundredths(mean(row));
}

/** Mean of the tasks' means, in percent: numpy's `mean(means)`, not rounded. */
export function average(means: readonly number[]): number {
  return mean(means);
}

export {
  type AccuracyMatrix,
  averageAccuracy,
  backwardTransfer,
  forgetting,
  forgettingByTask,
  forwardTransfer,
  learningAccuracy,
} from './continual.js';
export { roundHundredths } from './numpy.js';
export { type ContinualMetrics, continualMetrics, type UnseenAccuracy } from './summary.js';
