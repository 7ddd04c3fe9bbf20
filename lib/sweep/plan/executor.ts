import type { SweepRun } from './types.js';

/** Why a run could not be brought to its end. */
export interface RunFailure {
  /** Stable; one of those that docs/troubleshooting.md lists. */
  readonly code: string;
  readonly message: string;
}

/** What an executor works with, and whom it tells. */
export interface ExecutorContext {
  /** The sweep's folder, as an absolute path: it holds `sweep.json`, `runs/` and `failed/`. */
  readonly folder: string;
  /** Ends the execution; what is done stays done. */
  readonly signal: AbortSignal;
  /** Whether a run has a result, or a failure that was kept: as the folder says at this moment. */
  isOver(run: SweepRun): Promise<boolean>;
  /**
   * Keeps a failure of a run that could not keep one itself. It is over then.
   * @param cause - What was thrown, for the log.
   */
  fail(run: SweepRun, error: RunFailure, cause?: unknown): Promise<void>;
  /** A line for a person. */
  tell(text: string): void;
}

/** A way to have runs executed: on this machine, by Slurm, … */
export interface SweepExecutor {
  /**
   * Resolves when each of the runs is over: it has a result, or a failure that was kept. The failure of one run does not
   * end the others.
   * @throws {ClTorchError} When the executor itself cannot go on. ABORTED by the signal.
   */
  execute(runs: readonly SweepRun[], context: ExecutorContext): Promise<void>;
}
