import type { TaskViews } from '../benchmarks/permuted-mnist.js';
import type { TaskReport } from '../experiment/types.js';
import type { SearchCallOptions, Session } from '../session.js';

/** A search that is part of a method, beside the training itself. */
export type Phase = 'direction' | 'equilibrium-point';

/** What a strategy may use while it learns one task. */
export interface TaskContext {
  readonly session: Session;
  /** From 0. */
  readonly task: number;
  readonly views: TaskViews;
  /** Class of every training example. */
  readonly labels: Uint8Array;
  /** Signal and progress of a search. */
  search(phase: Phase): SearchCallOptions;
  /** Percent right on every task seen so far, with the parameters as they are. */
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
}
