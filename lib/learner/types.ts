import {
  abortSignal,
  callback,
  flag,
  object,
  optional,
  type Reader,
  type Readers,
  refused,
  settle,
} from '../base/arguments.js';
import { shown } from '../base/values.js';
import { readStrategy } from '../strategies/read.js';
import type { StrategyDefinition } from '../training/definition.js';
import type { OnNan } from '../training/divergence.js';
import type { TrainingEvent } from '../training/events.js';
import type { TaskReport } from '../training/report.js';
import { MOST_ITERATIONS } from '../training/task-epochs.js';
import type { LearnerOptions } from './config.js';

export interface LearnerCallOptions {
  /** Ends the call, within a step or two if it runs; it then rejects with the code ABORTED. */
  readonly signal?: AbortSignal | undefined;
}

export interface PredictCallOptions extends LearnerCallOptions {
  /** Whether the probabilities are wanted, a number for each example and class, or the labels alone. Default true. */
  readonly probabilities?: boolean | undefined;
}

export interface SnapshotOptions extends LearnerCallOptions {
  /** Whether it takes over what the learner learns from now on, or stays as it is. Default true. */
  readonly follow?: boolean | undefined;
}

/** What may differ from the learner that was saved. */
export interface LoadOptions
  extends LearnerCallOptions,
    Partial<Pick<LearnerOptions, 'device' | 'threads' | 'engine' | 'precision' | 'maxClasses'>> {
  /** A custom strategy is not in the file: give it again. What its closures held is not there, either. */
  readonly strategy?: StrategyDefinition | undefined;
}

export interface LearnOptions extends LearnerCallOptions {
  /** Passes over the task's examples. Default 5. */
  readonly epochs?: number | undefined;
  /** Training steps, in place of epochs: pass after pass, the last one ending where they are done. */
  readonly iterations?: number | undefined;
  /**
   * What becomes of a training whose loss is NaN or infinite: `stop` rejects with DIVERGED and leaves the learner as it was
   * before, `continue` keeps what comes out. Default: the learner's own `onNan`, which is `stop` unless it was given.
   */
  readonly onNan?: OnNan | undefined;
  /**
   * Called with each event as it happens. If it throws, or a promise that it returned rejects, the call ends and rejects
   * with that error; a call that ends waits for such promises.
   */
  readonly onEvent?: ((event: TrainingEvent) => void) | undefined;
}

/** How the options of each call are read. */
export const callOptions: Readers<LearnerCallOptions> = { signal: optional(abortSignal) };

export const predictOptions: Readers<PredictCallOptions> = { ...callOptions, probabilities: optional(flag) };

export const snapshotOptions: Readers<SnapshotOptions> = { ...callOptions, follow: optional(flag) };

const learnOptions: Readers<LearnOptions> = {
  ...callOptions,
  epochs: optional(count(10_000)),
  iterations: optional(count(MOST_ITERATIONS)),
  onNan: optional(onNan),
  onEvent: optional(callback<(event: TrainingEvent) => void>),
};

/** The options of `learn`, of which either epochs or iterations are there. */
export function readLearnOptions(options: unknown): LearnOptions {
  const given = settle('learn', options, learnOptions);
  const { epochs, iterations } = given;
  if (iterations === undefined) return { ...given, epochs: epochs ?? 5 };
  if (epochs === undefined) return given;
  throw refused('learn: iterations take the place of epochs; leave one of the two out.');
}

/** The configuration's own check reads what has no reader here. */
export const loadOptions: Readers<LoadOptions> = {
  ...callOptions,
  device: (value) => value as LoadOptions['device'],
  threads: (value) => value as LoadOptions['threads'],
  engine: (value) => value as LoadOptions['engine'],
  precision: (value) => value as LoadOptions['precision'],
  maxClasses: (value) => value as LoadOptions['maxClasses'],
  strategy: optional((own, name) => readStrategy(object(own, name) as StrategyDefinition)),
};

function onNan(value: unknown): OnNan {
  if (value === 'stop' || value === 'continue') return value;
  throw refused(`onNan is ${shown(value)}; it must be 'stop' or 'continue'.`);
}

function count(most: number): Reader<number> {
  return (value, name) => {
    if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most)
      return value as number;
    throw refused(`${name} is ${shown(value)}; it must be a whole number from 1 to ${most}.`);
  };
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
