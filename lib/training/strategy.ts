import type { ClassRange, GatesOptions } from '../../binding.js';
import type { BatchLossInput, MemoryDrawInput, PathInput } from '../session/objective-calls.js';
import type { PenaltyInput } from '../session/penalty.js';
import type { Session } from '../session/session.js';
import type { ReportPart } from './report.js';

/** Class of every example. */
export type Labels = Uint8Array | Int32Array;

/** A piece of a method's work beside the training of epochs, such as a search. */
export interface Phase<Outcome = unknown> {
  /** What files and events call it: lower-case letters and digits, words joined by `-`. */
  readonly name: string;
  /** What people see, such as `importance`. */
  readonly label: string;
  /** What goes on meanwhile, such as `measuring the importance`; default the label. */
  readonly activity?: string;
  /** What the value of its progress is, such as `loss`; default `value`. */
  readonly objective?: string;
  /** Measures the accuracy on the tasks so far first, so that the report shows what the phase changed. Default false. */
  readonly accuracyBefore?: boolean;
  /** Numbers of its outcome of which none is NaN or infinite, unless the training has diverged. */
  finite?(outcome: Outcome): Iterable<number>;
}

/** What the work of a phase gets; a search of the session takes it as it is. */
export interface PhaseCall {
  /** Aborts when the run ends. */
  readonly signal: AbortSignal;
  /** Tells how far the phase is: `step` of `steps`, from 0; may be called as often as there is something to tell. */
  readonly onProgress: (step: number, steps: number, value?: number) => void;
}

/** What a strategy may use while it learns one task. */
export interface TaskContext {
  readonly session: Session;
  /** Replaces the model by a fresh one, as it was before the first task; the random streams start anew with it. */
  renewModel(): Promise<void>;
  /** From 0. */
  readonly task: number;
  /** Id of the view of its training examples. */
  readonly view: number;
  /**
   * Outputs that the earlier tasks have taught: a range for each of them where tasks have outputs of their own, else one
   * range of all that is known; none before the first task.
   */
  readonly knownClasses: readonly ClassRange[];
  /** Outputs that the task's losses go over. */
  readonly lossClasses: ClassRange;
  readonly labels: Labels;
  /**
   * Does the work as a phase: it is shown while it goes on, and its seconds are in the report.
   * @returns What the work returns.
   * @throws {ClTorchError} INVALID_ARGUMENT for a phase whose name or words cannot be used; what the work throws.
   */
  phase<Outcome>(phase: Phase<Outcome>, work: (call: PhaseCall) => Promise<Outcome>): Promise<Outcome>;
  /** Percent right on every task seen so far that can be measured, with the parameters as they are. */
  evaluate(): Promise<number[]>;
  /**
   * Adds to what the run tells of this task: on the terminal, in events and files, on its page.
   * @throws {ClTorchError} INVALID_ARGUMENT for what cannot be shown.
   */
  report(part: ReportPart): void;
}

/** What a training minimises, and what its steps may change; docs of the session's `set…` calls say more of each. */
export interface Objective {
  /** Their vectors must be there before the first epoch; what is written into them later counts. */
  readonly penalties?: readonly PenaltyInput[];
  /** Where -gradient · change of the parameters is summed up, step by step. */
  readonly path?: PathInput | undefined;
  /** Name of a vector: where it is 0, parameters do not move; elsewhere it is 1. */
  readonly mask?: string | undefined;
  /** Whether they also count as 0 to what is learnt: the task has a part of the network. Default false. */
  readonly maskHides?: boolean | undefined;
  /** Gates of the hidden units, for networks of layers that follow each other; they stand alone. */
  readonly gates?: GatesOptions | undefined;
  /** What the batches are learnt by; default their cross-entropy. */
  readonly batchLoss?: BatchLossInput | undefined;
  /** What each step draws from the memory beside its batch. */
  readonly draws?: readonly MemoryDrawInput[];
}

/** A method, as the parts that the experiment's loop asks for. */
export interface Strategy {
  /** Before the first epoch of a task; the optimiser that the options name is there already, and may be replaced. */
  beforeTask?(context: TaskContext): Promise<void>;
  /** What this task's epochs minimise; asked for when the first one begins, and when a run is resumed. */
  objective?(context: TaskContext): Objective;
  beforeEpoch?(context: TaskContext): Promise<void>;
  /** After the last epoch of a task: keeps examples of it. Strategies that are joined with `+` share one memory. */
  remember?(context: TaskContext): Promise<void>;
  /** Whether the network's outputs are stored beside the examples; of several strategies this one's `remember` is taken. */
  readonly storesOutputs?: boolean;
  /** Then, before the task is evaluated. */
  afterTask?(context: TaskContext): Promise<void>;
  /**
   * Before a task is measured: puts the parameters in place for it, of a method that has some of each task. Then tasks are
   * measured one by one, and `afterEvaluation` puts back what was there.
   */
  beforeEvaluation?(context: { readonly session: Session; readonly task: number }): Promise<void>;
  afterEvaluation?(context: { readonly session: Session }): Promise<void>;
  /** Whether each epoch goes over the memory's examples, too, shuffled among the task's. Default false. */
  readonly joinsMemory?: boolean;
  /** Examples of the memory that join every batch. */
  readonly rehearsal?: number;
  /**
   * Size of the reservoir that the memory is: every example of every step is offered to it, so that it changes while a task is
   * learnt. With `storesOutputs`, the outputs of that step are stored beside what it takes. Default 0: it is none.
   */
  readonly reservoir?: number;
  /** Tasks train on the memory's examples alone, so many at most, as they are before the first epoch. Default 0: on their own. */
  readonly memoryOnly?: number;
  /** Each task trains on the examples of all tasks so far, not only on its own. */
  readonly joint?: boolean;
  /** What to change beside the learning rate when a training diverges, such as `a smaller alpha`. */
  readonly whenDiverging?: string;
}
