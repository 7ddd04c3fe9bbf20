import { settle } from '../base/arguments.js';
import type { ExperimentInput, StrategyName } from '../options/schema.js';
import { launch, type NewRunOptions, newRunOptions } from './launch.js';
import { type CustomExperimentInput, planExperiment } from './plan.js';
import type { ExperimentRun, RunOptions } from './start.js';

export { type ResumeOptions, resumeExperiment } from './resume.js';
export type { ExperimentRun, NewRunOptions, RunOptions };

/**
 * Trains a strategy on a benchmark, one task after another, and measures every task seen so far after each.
 *
 * @param input - The configuration; what is left out takes the article's value (`ExperimentConfig`). `strategy` is a
 * built-in one's name or one of your own (`CustomStrategy`). It is read at once, and relative folders mean the current
 * directory of now.
 * @returns The started run. One whose loss becomes NaN or infinite ends there, unless `onNan` is `continue`: its result has
 * the status `diverged`, and no averages.
 * @throws {ClTorchError} By rejection: CONFIG_INVALID, DATA_NOT_FOUND, DATA_INVALID, DEVICE_UNAVAILABLE, RUN_IN_USE
 * and OUTPUT_FAILED before any training; THREADS_UNAVAILABLE, ABORTED, OUT_OF_MEMORY, LIBTORCH or OUTPUT_FAILED later. With `out` set,
 * what was finished is then in `result.json`, and {@link resumeExperiment} goes on with it.
 * @example
 * const result = await runExperiment({ strategy: 'baseline', tasks: 3, epochs: 2 });
 * console.log(result.taskMeans);
 */
export function runExperiment<Name extends StrategyName>(
  input: ExperimentInput | CustomExperimentInput<Name>,
  options?: NewRunOptions,
): ExperimentRun {
  return launch(() => ({
    ...settle('runExperiment', options, newRunOptions),
    plan: planExperiment(input),
  }));
}
