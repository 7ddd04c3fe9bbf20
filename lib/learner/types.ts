import type { TrainingOptions } from '../config/training.js';
import type { OwnStrategy } from '../strategies/own.js';
import type { TaskReport, TrainingEvent } from './events.js';

export interface LearnerCallOptions {
  /** Ends the call, within a step or two if it runs; it then rejects with the code ABORTED. */
  readonly signal?: AbortSignal | undefined;
}

/** What may differ from the learner that was saved. */
export interface LoadOptions
  extends LearnerCallOptions,
    Partial<Pick<TrainingOptions, 'device' | 'threads' | 'engine' | 'precision'>> {
  /** A strategy of one's own is not in the file: give it again. What its closures held is not there, either. */
  readonly strategy?: OwnStrategy | undefined;
}

export interface LearnOptions extends LearnerCallOptions {
  /** Passes over the task's examples. Default 5. */
  readonly epochs?: number | undefined;
  /** Called with each event as it happens. If it throws, the call ends and rejects with that error. */
  readonly onEvent?: ((event: TrainingEvent) => void) | undefined;
}

/** What became of a task. */
export interface LearnOutcome {
  /** Its number, from 0. */
  readonly task: number;
  readonly rows: number;
  /** Classes that the learner tells apart now. */
  readonly classes: number;
  /** Mean training loss of each epoch. */
  readonly losses: readonly number[];
  /** What the strategy told. */
  readonly report: TaskReport;
  readonly seconds: number;
}

/** Examples of one task that the memory keeps: what `learn` and `evaluate` take. */
export interface MemoryPart {
  readonly inputs: Uint8Array | Float32Array;
  readonly labels: Int32Array;
}
