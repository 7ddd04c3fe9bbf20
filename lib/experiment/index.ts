import type { ExperimentInput, StrategyName } from '../config/schema.js';
import { runLoop } from './loop.js';
import { OutputDirectory } from './output.js';
import { type OwnExperimentInput, planExperiment } from './plan.js';
import { type ExperimentRun, type RunOptions, start } from './start.js';

export { type ResumeOptions, resumeExperiment } from './resume.js';
export type { ExperimentRun, RunOptions };

export interface NewRunOptions extends RunOptions {
  /** Replaces the run that `out` holds already, instead of refusing to start. Default false. */
  readonly overwrite?: boolean | undefined;
}

/**
 * Trains a strategy on a benchmark, one task after another, and measures every task seen so far after each.
 *
 * @param input - The configuration; what is left out takes the article's value (`ExperimentConfig`). `strategy` is a
 * built-in one's name or one of your own (`OwnStrategy`).
 * @returns The started run.
 * @throws {ClTorchError} By rejection: CONFIG_INVALID, DATA_NOT_FOUND, DATA_INVALID, DEVICE_UNAVAILABLE, RUN_IN_USE
 * and OUTPUT_FAILED before any training; ABORTED, OUT_OF_MEMORY, LIBTORCH or OUTPUT_FAILED later. With `out` set,
 * what was finished is then in `result.json`, and {@link resumeExperiment} goes on with it.
 * @example
 * const result = await runExperiment({ strategy: 'baseline', tasks: 3, epochs: 2 });
 * console.log(result.taskMeans);
 */
export function runExperiment<Name extends StrategyName>(
  input: ExperimentInput | OwnExperimentInput<Name>,
  { overwrite = false, ...options }: NewRunOptions = {},
): ExperimentRun {
  return start(options, async (loop) => {
    const plan = planExperiment(input);
    const { out } = plan.config;
    if (out === undefined) return runLoop(plan, loop);
    return OutputDirectory.open(out, async (output) => {
      if (!overwrite) await output.requireVacant();
      return runLoop(plan, loop, { output });
    });
  });
}
