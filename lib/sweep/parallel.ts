import { FollowingController } from '../base/signals.js';
import type { RunContext } from '../runs/context.js';
import { executeRun } from '../runs/run.js';
import type { NewRun, StoppedRun } from '../runs/run-plan.js';
import type { RunEvent, RunResult } from '../runs/types.js';
import { EventTurns } from './event-turns.js';
import type { TrainingPlaces } from './training-places.js';

/** How runs are ended from outside, and whom they tell of themselves. */
export type Control = Pick<RunContext, 'signal' | 'emit'>;

/** What runs side by side have in common. */
export interface SideBySide extends Omit<RunContext, 'trainingGroup'> {
  readonly atOnce: number;
  readonly places?: TrainingPlaces | undefined;
  /** Told what each run tells as it happens, with its number, whosever turn it is. */
  readonly watch?: ((index: number, event: RunEvent) => void) | undefined;
  /** Called with a run's number and result when it is over; one call at a time. */
  readonly onEnd: (index: number, result: RunResult) => Promise<void>;
}

/**
 * Executes up to `atOnce` runs at the same time; they begin in order. When one fails, the others are ended and its error
 * is thrown. Their events come as if the runs followed each other ({@link EventTurns}); where one fails, those of the runs
 * that are over still do.
 */
export async function executeSideBySide(
  runs: readonly (NewRun | StoppedRun)[],
  { atOnce, places, watch, onEnd, signal, emit, data, until }: SideBySide,
): Promise<void> {
  const stop = new FollowingController(signal);
  const turns = new EventTurns(emit);
  let failure: { readonly error: unknown } | undefined;
  let next = 0;
  let told: Promise<void> = Promise.resolve();
  const worker = async (): Promise<void> => {
    for (let index = next++; index < runs.length && !failure; index = next++) {
      const run = runs[index] as NewRun | StoppedRun;
      const tell = turns.emitter(index);
      const emitBoth = (event: RunEvent): void => {
        watch?.(index, event);
        tell(event);
      };
      const context = { data, until, signal: stop.signal, emit: emitBoth };
      const trainingGroup = places?.trainingGroup;
      const result = await executeRun(run, { ...context, trainingGroup }).finally(() => places?.runEnded());
      turns.end(index);
      told = told.then(() => onEnd(index, result));
      await told;
    }
  };
  const workers = Array.from({ length: Math.min(atOnce, runs.length) }, () =>
    worker().catch((error: unknown) => {
      failure ??= { error };
      stop.abort();
    }),
  );
  await Promise.all(workers);
  stop.release();
  if (!failure) return;
  turns.flush();
  throw failure.error;
}
