import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { aborted } from '../base/signals.js';
import type { ExecutorContext, RunFailure, SweepExecutor } from './plan/executor.js';
import type { SweepPlan } from './plan/plan.js';
import type { Sweep } from './plan/sweep.js';
import type { SweepRun } from './plan/types.js';

/** Milliseconds between two looks at what other processes do. */
const PAUSE_MS = 2000;

export interface DriveOptions {
  readonly signal: AbortSignal;
  /** Told of a line for a person. */
  readonly tell: (text: string) => void;
  /** Told of the runs that are known and missing, before they begin, and whenever more are known. */
  readonly onMissing?: ((missing: readonly SweepRun[], plan: SweepPlan) => void) | undefined;
  readonly onFailure?: ((run: SweepRun, failure: RunFailure) => void) | undefined;
  /** Only runs of these names; all when left out. */
  readonly only?: readonly string[] | undefined;
}

/**
 * Has the missing runs of a sweep executed until none is left: what was chosen, too. Other processes may do the same in the
 * same folder; what they work on is waited for.
 *
 * @throws {ClTorchError} ABORTED by the signal; what the executor throws. What is done stays done.
 */
export async function driveSweep(
  sweep: Sweep,
  executor: SweepExecutor,
  options: DriveOptions,
): Promise<SweepPlan> {
  const { signal, only, onMissing } = options;
  let isWaitTold = false;
  for (;;) {
    await sweep.folder.refresh();
    const plan = sweep.plan();
    const missing = sweep.missing(plan).filter(({ name }) => only === undefined || only.includes(name));
    if (missing.length === 0) return plan;
    onMissing?.(missing, plan);
    await executor.execute(missing, contextOf(sweep, options));
    if (signal.aborted) throw aborted(signal);
    if (!(await isAnyElsewhere(sweep, missing))) continue;
    if (!isWaitTold) options.tell('The other runs are being worked on by other processes; waiting for them.');
    isWaitTold = true;
    await delay(PAUSE_MS, undefined, { signal }).catch(() => {
      throw aborted(signal);
    });
  }
}

/** Whether some are not over although the executor came to its end: another process has them. */
async function isAnyElsewhere(sweep: Sweep, runs: readonly SweepRun[]): Promise<boolean> {
  for (const run of runs) if (!(await sweep.isOver(run))) return true;
  return false;
}

function contextOf(sweep: Sweep, { signal, tell, onFailure }: DriveOptions): ExecutorContext {
  return {
    folder: sweep.folder.path,
    signal,
    tell,
    isOver: (run) => sweep.isOver(run),
    async fail(run, failure, cause) {
      const when = new Date().toISOString();
      const log = `${when} ${failure.code}: ${failure.message}\n${cause === undefined ? '' : `${inspect(cause)}\n`}`;
      await sweep.folder.fail(run, failure, log);
      onFailure?.(run, failure);
    },
  };
}
