import type { ModelOptions, NamedTensor } from '../../binding.js';
import { Session } from '../session.js';
import type { Labels } from '../strategies/exemplars.js';
import type { Strategy } from '../strategies/strategy.js';
import { CallQueue } from './call-queue.js';
import { type LearnerConfig, type LearnerInput, planLearner } from './config.js';
import { type Environment, resolveEnvironment } from './environment.js';
import type { TaskReport } from './events.js';
import { readLearner, readMemory, requireStrategy, resume, writeLearner } from './file.js';
import { arriving, type LoadedTask, loadTask, unlessDisposed } from './load-task.js';
import { Pace } from './pace.js';
import {
  type Evaluation,
  emptyEvaluation,
  type Prediction,
  predictionFrom,
  withPiece,
} from './prediction.js';
import {
  checkedInputs,
  checkedTask,
  classesIn,
  type Inputs,
  refused,
  slices,
  type Task,
} from './task-data.js';
import { trainTask } from './train-task.js';
import type { LearnerCallOptions, LearnOptions, LearnOutcome, LoadOptions, MemoryPart } from './types.js';

/** Bounds the memory taken by an evaluation: 16 MB. */
const LOGITS_AT_ONCE = 1 << 22;

/** What a {@link ContinualLearner} is made of; of use within this package only. */
export interface LearnerParts {
  readonly session: Session;
  readonly config: LearnerConfig;
  readonly environment: Environment;
  readonly strategy: Strategy;
  /** Tasks learnt so far, */
  readonly tasks?: number;
  /** and the classes that came with them. */
  readonly classes?: number;
}

/**
 * A network that learns one task after another from the caller's own data, predicts, and keeps what it knows in a
 * file. docs/learner.md is its guide.
 *
 * Calls run one at a time, in the order in which they are made; arrays that are given must not change until their call
 * is settled. A call that fails or is aborted leaves the learner as it was before, random streams and memory included.
 */
export class ContinualLearner {
  readonly config: LearnerConfig;
  readonly environment: Environment;
  readonly #session: Session;
  readonly #strategy: Strategy;
  readonly #calls: CallQueue = new CallQueue();
  #tasks: number;
  #classes: number;

  private constructor({ session, config, environment, strategy, ...learnt }: LearnerParts) {
    this.config = config;
    this.environment = environment;
    this.#session = session;
    this.#strategy = strategy;
    this.#tasks = learnt.tasks ?? 0;
    this.#classes = learnt.classes ?? config.classes;
  }

  /**
   * A new learner.
   *
   * @throws {ClTorchError} By rejection: CONFIG_INVALID with every problem of the configuration; DEVICE_UNAVAILABLE;
   * OUT_OF_MEMORY; what loading the addon throws.
   */
  static async create(input: LearnerInput, { signal }: LearnerCallOptions = {}): Promise<ContinualLearner> {
    const { config, strategy } = planLearner(input);
    const environment = await resolveEnvironment(config, signal);
    const session = await Session.open(environment);
    try {
      await session.createModel(modelOf(config, environment, config.classes));
      return new ContinualLearner({ session, config, environment, strategy });
    } catch (error) {
      session.dispose();
      throw error;
    }
  }

  /**
   * The learner that {@link save} wrote: what it learns from now on is, bit for bit, what that one would have learnt
   * (same device, threads, engine and LibTorch).
   *
   * @param options - Where to go on, if elsewhere; and the strategy, if it is one of the caller's own.
   * @throws {ClTorchError} By rejection: FILE_NOT_FOUND, FILE_FOREIGN, FILE_DAMAGED, FILE_TOO_NEW, FILE_MISMATCH; and
   * as {@link create}.
   */
  static async load(
    path: string,
    { signal, strategy: own, ...place }: LoadOptions = {},
  ): Promise<ContinualLearner> {
    const state = await readLearner(path);
    requireStrategy(state.config.strategy, own?.name, path);
    const input = { ...state.config, ...place, strategy: own ?? state.config.strategy };
    const { config, strategy } = planLearner(input as LearnerInput);
    const environment = await resolveEnvironment(config, signal);
    const session = await Session.open(environment);
    try {
      const { engine, precision } = environment;
      await resume(session, state, { engine, precision }, path);
      const { tasks, snapshot } = state;
      const classes = snapshot.layers.at(-1) ?? config.classes;
      return new ContinualLearner({ session, config, environment, strategy, tasks, classes });
    } catch (error) {
      session.dispose();
      throw error;
    }
  }

  /** Tasks learnt so far. */
  get tasks(): number {
    return this.#tasks;
  }

  /** Classes that it tells apart: those asked for at first, and those that tasks added. */
  get classes(): number {
    return this.#classes;
  }

  /**
   * Learns a task. Labels beyond the classes known so far make the network's last layer grow.
   *
   * @param task - Its examples, or pieces of them as they come; they are copied to the device piece by piece and freed
   * there afterwards, but for what the memory keeps.
   * @throws {ClTorchError} By rejection: INVALID_ARGUMENT before any training for data that do not fit or are not
   * finite; ABORTED; OUT_OF_MEMORY; DISPOSED. What the iterable or `onEvent` throws.
   */
  learn(task: Task, options: LearnOptions = {}): Promise<LearnOutcome> {
    return this.#calls.run(() => this.#learn(task, options), options.signal);
  }

  /**
   * What the learner takes examples for.
   * @throws {ClTorchError} By rejection: INVALID_ARGUMENT for inputs that do not fit or are not finite; ABORTED; DISPOSED.
   */
  predict(inputs: Inputs, { signal }: LearnerCallOptions = {}): Promise<Prediction> {
    return this.#calls.run(async () => {
      const checked = checkedInputs(inputs, this.config.inputs);
      const probabilities = await this.#session.predict({ ...checked, output: 'probabilities' }, { signal });
      return predictionFrom(probabilities, this.#classes);
    }, signal);
  }

  /**
   * How well the learner does on examples. Changes nothing: what is learnt afterwards is as if it had not been asked.
   * @throws {ClTorchError} By rejection, as {@link learn}; INVALID_ARGUMENT also for a label that no task has had.
   */
  evaluate(task: Task, { signal }: LearnerCallOptions = {}): Promise<Evaluation> {
    return this.#calls.run(async () => {
      let evaluation = emptyEvaluation;
      for await (const piece of arriving(task, signal)) {
        const examples = checkedTask(piece, this.config.inputs);
        this.#requireKnown(examples.labels);
        for (const { labels, ...inputs } of slices(examples, Math.ceil(LOGITS_AT_ONCE / this.#classes))) {
          const logits = await this.#session.predict({ ...inputs, output: 'logits' }, { signal });
          evaluation = withPiece(evaluation, logits, labels);
        }
      }
      if (evaluation.rows === 0) throw refused('The task is empty: there must be at least one example.');
      return evaluation;
    }, signal);
  }

  /** The examples that the memory keeps, the earliest task's first; copies. Empty where the strategy keeps none. */
  memory(): Promise<MemoryPart[]> {
    return this.#calls.run(async () => readMemory(this.#session, await this.#session.exportState()));
  }

  /**
   * Writes all of the learner into a file, at once: until it is whole, a file of that name stays as it is.
   * @throws {ClTorchError} By rejection: OUTPUT_FAILED; DISPOSED.
   */
  save(path: string): Promise<void> {
    return this.#calls.run(async () => {
      const snapshot = await this.#session.exportState();
      const memory = await readMemory(this.#session, snapshot);
      await writeLearner(path, { config: this.config, tasks: this.#tasks, snapshot, memory });
    });
  }

  /** Copies of the network's weights, by PyTorch's names: `layers.0.weight`, `layers.0.bias`, … */
  parameters(): Promise<NamedTensor[]> {
    return this.#calls.run(() => this.#session.parameters());
  }

  /** Ends what runs and what waits, and frees the memory. Further calls reject with the code DISPOSED. Idempotent. */
  dispose(): void {
    this.#session.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.dispose();
  }

  async #learn(task: Task, options: LearnOptions): Promise<LearnOutcome> {
    const started = performance.now();
    const epochs = requireEpochs(options.epochs ?? 5);
    const before = await this.#session.exportState();
    const data = await loadTask(this.#session, task, this.config.inputs, options.signal);
    try {
      const classes = Math.max(this.#classes, classesIn(data.labels));
      if (classes > this.#classes) await this.#session.growHead(classes);
      const { report, losses } = await this.#train(data, epochs, options);
      await this.#session.dropDataset(data.dataset);
      this.#classes = classes;
      return {
        task: this.#tasks++,
        rows: data.labels.length,
        classes,
        losses,
        report,
        seconds: (performance.now() - started) / 1000,
      };
    } catch (error) {
      await unlessDisposed(async () => {
        await this.#session.importState(before);
        await this.#session.dropDataset(data.dataset);
      });
      throw error;
    }
  }

  async #train(
    { view, labels }: LoadedTask,
    epochs: number,
    { signal = new AbortController().signal, onEvent }: LearnOptions,
  ): Promise<{ report: TaskReport; losses: number[] }> {
    const { batchSize } = this.config;
    const losses: number[] = [];
    const report = await trainTask({
      session: this.#session,
      strategy: this.#strategy,
      task: this.#tasks,
      view,
      earlierViews: [],
      renewModel: () => this.#session.createModel(modelOf(this.config, this.environment, this.#classes)),
      labels,
      epochs,
      batchSize,
      pace: new Pace({ tasks: 1, epochs, batchSize }, labels.length),
      evaluate: async () => [], // the earlier tasks' examples are not there any more
      signal,
      emit(event) {
        if (event.type === 'epoch') losses.push(event.loss);
        onEvent?.(event);
      },
    });
    return { report, losses };
  }

  #requireKnown(labels: Labels): void {
    const row = labels.findIndex((label) => label >= this.#classes);
    if (row < 0) return;
    throw refused(
      `labels[${row}] is ${labels[row]}, but the learner knows ${this.#classes} classes, numbered from 0. ` +
        'Learn a task with that class first.',
    );
  }
}

function modelOf(
  { seed, inputs, hidden }: LearnerConfig,
  { engine, precision }: Environment,
  classes: number,
): ModelOptions {
  return { layers: [inputs, ...hidden, classes], seed, engine, precision };
}

function requireEpochs(epochs: number): number {
  if (Number.isInteger(epochs) && epochs >= 1 && epochs <= 10_000) return epochs;
  throw refused(`epochs is ${String(epochs)}; it must be a whole number from 1 to 10000.`);
}
