import { callback, optional, type Readers, settle } from '../base/arguments.js';
import { Listener } from '../base/listener.js';
import { Ending, FollowingController } from '../base/signals.js';
import type { RunEvent } from '../runs/types.js';
import { driveSweep } from './drive.js';
import { LocalExecutor } from './local.js';
import { reportOf } from './plan/collect.js';
import type { RunFailure } from './plan/executor.js';
import { readSweep, type SweepInput } from './plan/request.js';
import { Sweep } from './plan/sweep.js';
import type { SweepReport, SweepRun } from './plan/types.js';
import { type AtOnce, readAtOnce } from './share.js';
import { type RunOptions, runOptions } from './start.js';

export interface SweepCallOptions extends Pick<RunOptions, 'signal'> {
  /** How many runs train at the same time; as for `runSeeds`. Default `auto`. */
  readonly atOnce?: AtOnce | undefined;
  /** Called with each event of each run as it happens, the run being told by its name. */
  readonly onEvent?: ((event: RunEvent, run: SweepRun) => void) | undefined;
  /** Called when a run failed; the others go on. */
  readonly onFailure?: ((failure: RunFailure, run: SweepRun) => void) | undefined;
}

const sweepCallOptions: Readers<SweepCallOptions> = {
  signal: runOptions.signal,
  atOnce: optional(readAtOnce),
  onEvent: optional(callback<(event: RunEvent, run: SweepRun) => void>),
  onFailure: optional(callback<(failure: RunFailure, run: SweepRun) => void>),
};

/**
 * Does what is missing of a sweep in its folder: methods with many settings and seeds, the best setting of each method by
 * validation images or by the first tasks, and what was chosen on test images with fresh seeds. Called again with the same
 * input, it goes on.
 *
 * @param input - What a file of a sweep holds: docs/sweeps.md has its words.
 * @returns All that is known of the sweep then. Runs that failed are in it, with their reasons.
 * @throws {ClTorchError} By rejection: CONFIG_INVALID before any work; DATA_NOT_FOUND, DEVICE_UNAVAILABLE, OUTPUT_FAILED and
 * others of the machine, ABORTED. What is done stays done.
 * @example
 * const { methods } = await runSweep({
 *   benchmark: 'split-mnist', validation: 5000, seeds: 3,
 *   sweep: { strategy: ['er', 'ewc'], 'ewc.strength': 'log(1,1000,4)' },
 * });
 */
export async function runSweep(input: SweepInput, options?: SweepCallOptions): Promise<SweepReport> {
  const { signal, atOnce = 'auto', onEvent, onFailure } = settle('runSweep', options, sweepCallOptions);
  const { request, out } = readSweep(input);
  const stop = new FollowingController(signal);
  const ended = (ending: Ending): void => stop.abort(ending);
  const events = new Listener(onEvent, ended);
  const failures = new Listener(onFailure, ended);
  const told = (call: () => void): void => {
    try {
      call();
    } catch (error) {
      ended(new Ending(error)); // no run's fault
    }
  };
  try {
    const sweep = await Sweep.planned(request, out);
    await sweep.begin();
    const executor = new LocalExecutor(sweep, {
      atOnce,
      onEvent: (run, event) => told(() => events.tell(event, run)),
    });
    await driveSweep(sweep, executor, {
      signal: stop.signal,
      tell: () => {},
      onFailure: (run, failure) => told(() => failures.tell(failure, run)),
    });
    await events.done(stop.signal);
    await failures.done(stop.signal);
    return reportOf(sweep);
  } finally {
    stop.release();
  }
}
