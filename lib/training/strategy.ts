import type { SearchCallOptions } from '../session/native-calls.js';
import type { Session } from '../session/session.js';
import type { TaskReport } from './events.js';

/** Class of every example. */
export type Labels = Uint8Array | Int32Array;

/** A search that is part of a method, beside the training itself. */
export type Phase = 'direction' | 'equilibrium-point';

/** What a strategy may use while it learns one task. */
export interface TaskContext {
  readonly session: Session;
  /** Replaces the model by a fresh one, as it was before the first task; the random streams start anew with it. */
  renewModel(): Promise<void>;
  /** From 0. */
  readonly task: number;
  /** Id of the view of its training examples. */
  readonly view: number;
  readonly labels: Labels;
  /** Signal and progress of a search. */
  search(phase: Phase): SearchCallOptions;
  /** Percent right on every task seen so far that can be measured, with the parameters as they are. */
  evaluate(): Promise<number[]>;
  /** Adds to what the run tells of this task. */
  report(part: Partial<TaskReport>): void;
}

/** A method, as the parts that the experiment's loop asks for. */
export interface Strategy {
  /** Before the first epoch of a task. */
  beforeTask?(context: TaskContext): Promise<void>;
  beforeEpoch?(context: TaskContext): Promise<void>;
  /** After the last epoch of a task, before it is evaluated. */
  afterTask?(context: TaskContext): Promise<void>;
  /** Examples of the memory that join every batch. */
  readonly rehearsal?: number;
  /** Each task trains on the examples of all tasks so far, not only on its own. */
  readonly joint?: boolean;
}
