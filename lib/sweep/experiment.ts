import { object, optional, path, settle } from '../base/arguments.js';
import type { BenchmarkDefinition, TasksOption } from '../benchmarks/define.js';
import { readBenchmark } from '../benchmarks/read.js';
import type { CustomExperimentInput, ExperimentInput } from '../config/types.js';
import { newRun, type OwnDefinitions, type RunPlan } from '../runs/run-plan.js';
import type { RunResult } from '../runs/types.js';
import { readStrategy } from '../strategies/read.js';
import type { StrategyDefinition } from '../training/definition.js';
import { executeRuns } from './execute.js';
import {
  type ExperimentRun,
  type NewRunOptions,
  newRunOptions,
  type RunOptions,
  runOptions,
  startRead,
} from './start.js';

/**
 * Trains a strategy on a benchmark, one task after another, and measures every task seen so far after each.
 *
 * @param input - The configuration; what is left out takes the article's value (`ExperimentConfig`). `strategy` is a
 * built-in one's name or a custom one (`StrategyDefinition`), and so is `benchmark` (`BenchmarkDefinition`). It is read at
 * once, and relative folders mean the current directory of now.
 * @returns The started run. One whose loss becomes NaN or infinite ends there, unless `onNan` is `continue`: its result has
 * the status `diverged`, and no averages.
 * @throws {ClTorchError} By rejection: CONFIG_INVALID, DATA_NOT_FOUND, DATA_INVALID, DEVICE_UNAVAILABLE, RUN_IN_USE
 * and OUTPUT_FAILED before any training; THREADS_UNAVAILABLE, ABORTED, OUT_OF_MEMORY, LIBTORCH or OUTPUT_FAILED later. With `out` set,
 * what was finished is then in `result.json`, and {@link resumeExperiment} goes on with it.
 * @example
 * const result = await runExperiment({ strategy: 'baseline', tasks: 3, epochs: 2 });
 * console.log(result.taskMeans);
 */
export function runExperiment(input: ExperimentInput, options?: NewRunOptions): ExperimentRun;
export function runExperiment<Options extends object, OfBenchmark extends TasksOption>(
  input: CustomExperimentInput<Options, OfBenchmark>,
  options?: NewRunOptions,
): ExperimentRun;
export function runExperiment(input: object, options?: NewRunOptions): ExperimentRun {
  return startOne(() => {
    const { overwrite, ...how } = settle('runExperiment', options, newRunOptions);
    return { ...how, run: newRun(input as CustomExperimentInput, overwrite) };
  });
}

export interface ResumeOptions extends RunOptions, OwnDefinitions {
  /** Folder with the data set's files, if they are no longer where they were; their content must be the same. */
  readonly dataDir?: string | undefined;
}

/**
 * Goes on with a run that was stopped, at its last checkpoint, and ends as it would have ended: on the same machine's CPU
 * with every digit the same (docs/checkpoints.md). A run without a checkpoint begins anew.
 *
 * @param folder - The run's `out`, wherever it is now.
 * @throws {ClTorchError} By rejection: FILE_NOT_FOUND, FILE_FOREIGN, FILE_DAMAGED, FILE_TOO_NEW, FILE_TOO_OLD, FILE_MISMATCH,
 * DIVERGED (the run ended so, and would again) or RUN_IN_USE before any training, and what {@link runExperiment} does.
 * @example
 * const result = await resumeExperiment('runs/1');
 */
export function resumeExperiment(folder: string, options?: ResumeOptions): ExperimentRun {
  return startOne(() => {
    const { signal, onEvent, ...stopped } = settle('resumeExperiment', options, {
      ...runOptions,
      dataDir: optional(path),
      strategy: optional((own, name) => readStrategy(object(own, name) as StrategyDefinition)),
      benchmark: optional((own, name) => readBenchmark(object(own, name) as BenchmarkDefinition)),
    });
    const place = path(folder, 'resumeExperiment: folder');
    return { signal, onEvent, run: { state: 'stopped', folder: place, ...stopped } as RunPlan };
  });
}

function startOne(read: () => RunOptions & { readonly run: RunPlan }): ExperimentRun {
  return startRead(read, async ({ run }, control) => {
    const [result] = await executeRuns([run], control);
    return result as RunResult;
  });
}
