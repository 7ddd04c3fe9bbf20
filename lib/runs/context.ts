import type { TrainingGroup } from '../session/training-group.js';
import type { SharedData } from './shared-data.js';
import type { RunEvent, RunResult } from './types.js';

/** What a run is given by whoever executes it. */
export interface RunContext {
  /** Ends the run. */
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
  /** Where it gets its data set from. */
  readonly data: SharedData;
  /** Where its session trains its epochs together with those of the runs beside it. */
  readonly trainingGroup?: TrainingGroup | undefined;
  /** Tasks after which it stops for now, with the status `interrupted`; it is resumed like any other. To the end when left out. */
  readonly until?: number | undefined;
  /** Whether a result makes it superfluous that another process has written into its folder before this one had the lock. */
  readonly isDone?: ((result: RunResult) => boolean) | undefined;
}
