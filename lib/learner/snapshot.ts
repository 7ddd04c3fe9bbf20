import '../base/symbols.js';
import { settle } from '../base/arguments.js';
import type { Classification, Evaluation, Prediction } from './prediction.js';
import type { Predictor } from './predictor.js';
import { type Inputs, readInputs, readTask, type Task } from './task-data.js';
import { callOptions, type LearnerCallOptions, type PredictCallOptions, predictOptions } from './types.js';

/**
 * What a learner knew after its latest task, to be asked while it learns the next one: a copy of its network in memory,
 * with a thread of its own. `ContinualLearner.snapshot` makes it; docs/learner.md is its guide.
 *
 * Its calls wait neither for the learner's nor for each other. One that follows its learner has the new knowledge as soon
 * as the learner's `learn` resolves; a call that was made before ends with what it began with.
 */
export class LearnerSnapshot {
  #current: Predictor;
  readonly #retiring = new Set<Predictor>();
  readonly #onDispose: () => void;
  #isDisposed = false;

  /** Of use within this package only. */
  constructor(predictor: Predictor, onDispose: () => void) {
    this.#current = predictor;
    this.#onDispose = onDispose;
  }

  /** Tasks that were learnt when it was taken. */
  get tasks(): number {
    return this.#current.tasks;
  }

  /** Classes that it tells apart. */
  get classes(): number {
    return this.#current.classes;
  }

  /** As {@link ContinualLearner.predict}. */
  predict(
    inputs: Inputs,
    options: PredictCallOptions & { readonly probabilities: false },
  ): Promise<Classification>;
  predict(inputs: Inputs, options?: PredictCallOptions): Promise<Prediction>;
  async predict(inputs: Inputs, options?: PredictCallOptions): Promise<Prediction | Classification> {
    const given = settle('predict', options, predictOptions);
    return this.#current.predict(readInputs(inputs), given);
  }

  /** As {@link ContinualLearner.evaluate}. */
  async evaluate(task: Task, options?: LearnerCallOptions): Promise<Evaluation> {
    const given = settle('evaluate', options, callOptions);
    return this.#current.evaluate(readTask(task), given);
  }

  /** Of use within this package only: what is asked from now on is asked the predictor. */
  replace(predictor: Predictor): void {
    if (this.#isDisposed) {
      predictor.dispose();
      return;
    }
    const before = this.#current;
    this.#current = predictor;
    this.#retiring.add(before);
    before.retire().finally(() => this.#retiring.delete(before));
  }

  /** Ends what runs with the code DISPOSED and frees the memory; the learner stays. Idempotent. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#onDispose();
    for (const predictor of [this.#current, ...this.#retiring]) predictor.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Waits for the calls that were made, then disposes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#current, ...this.#retiring].map((predictor) => predictor.close()));
    this.dispose();
  }
}
