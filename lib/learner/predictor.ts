import type { NetworkSpec } from '../../binding.js';
import { inputsOf } from '../session/network.js';
import { Session } from '../session/session.js';
import type { Weights } from '../session/weights.js';
import type { Environment } from '../training/environment.js';
import { Calls } from './calls.js';
import { arriving } from './load-task.js';
import {
  type AskedNetwork,
  type Classification,
  type Evaluation,
  evaluate,
  type Prediction,
  predict,
} from './prediction.js';
import type { Inputs, Task } from './task-data.js';
import type { LearnerCallOptions, PredictCallOptions } from './types.js';

/** What is known after so many tasks. */
export interface Knowledge extends Weights {
  readonly network: NetworkSpec;
  readonly tasks: number;
}

/** A copy of a learner's network, on a thread of its own. It answers all that it is asked at the same time. */
export class Predictor {
  readonly tasks: number;
  readonly #network: AskedNetwork;
  readonly #calls = new Calls('snapshot');

  private constructor(network: AskedNetwork, tasks: number) {
    this.#network = network;
    this.tasks = tasks;
  }

  /** @throws {ClTorchError} By rejection: OUT_OF_MEMORY. */
  static async open(
    { device, threads, engine, precision }: Environment,
    { network, parameters, buffers, tasks }: Knowledge,
  ): Promise<Predictor> {
    const session = await Session.open({ device, threads });
    try {
      // On the CPU each engine rounds in its own way, and the copy must answer as the learner does. On a GPU the fused engine
      // predicts as autograd in fp32 does, and this one takes no memory for training.
      const answering =
        device === 'cpu'
          ? { engine }
          : { engine: 'autograd' as const, precision: engine === 'autograd' ? precision : 'fp32' };
      await session.loadModel({ network, parameters, buffers, seed: 0, ...answering });
    } catch (error) {
      session.dispose();
      throw error;
    }
    return new Predictor({ session, features: inputsOf(network), classes: network.classes }, tasks);
  }

  get classes(): number {
    return this.#network.classes;
  }

  predict(
    inputs: Inputs,
    { signal, probabilities = true }: PredictCallOptions,
  ): Promise<Prediction | Classification> {
    return this.#calls.beside((call) => predict(this.#network, inputs, { probabilities }, call), signal);
  }

  evaluate(task: Task, { signal }: LearnerCallOptions): Promise<Evaluation> {
    return this.#calls.beside((call) => evaluate(this.#network, arriving(task, call), call), signal);
  }

  /** Waits for the calls that were made, then disposes. */
  async retire(): Promise<void> {
    await this.#calls.idle();
    this.dispose();
  }

  /** As {@link retire}, for a caller who waits for it: NESTED_CALL where a call waits for that caller. */
  async close(): Promise<void> {
    await this.#calls.close();
    this.dispose();
  }

  dispose(): void {
    this.#calls.end();
    this.#network.session.dispose();
  }
}
