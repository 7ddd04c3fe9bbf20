import type { ExperimentConfig } from '../config/schema.js';
import type { Session } from '../session.js';

/** What a strategy may use while it learns one task. */
export interface TaskContext {
  readonly session: Session;
  readonly config: ExperimentConfig;
  /** From 0. */
  readonly task: number;
}

/** A method, as the parts that the experiment's loop asks for. */
export interface Strategy {
  /** Before the first epoch of a task. */
  beforeTask(context: TaskContext): Promise<void>;
}
