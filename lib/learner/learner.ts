import '../base/symbols.js';
import type { NamedTensor, NetworkSpec, SessionSnapshot } from '../../binding.js';
import { path as readPath, settle } from '../base/arguments.js';
import { aborted } from '../base/signals.js';
import type { Session } from '../session/session.js';
import { type Weights, weightsOf } from '../session/weights.js';
import type { Environment } from '../training/environment.js';
import type { TaskReport } from '../training/report.js';
import type { Strategy } from '../training/strategy.js';
import { Calls, type RunningCall } from './calls.js';
import { type CustomLearnerInput, featuresOf, type LearnerConfig, type LearnerInput } from './config.js';
import { readMemory, writeLearner } from './file.js';
import { arriving, type LoadedTask, loadTask, unlessDisposed } from './load-task.js';
import { type LearnerParts, modelOf, newLearner, savedLearner, trainingOf } from './open.js';
import {
  type AskedNetwork,
  type Classification,
  type Evaluation,
  evaluate,
  type Prediction,
  predict,
} from './prediction.js';
import { Predictor } from './predictor.js';
import { LearnerSnapshot } from './snapshot.js';
import { classesIn, type Inputs, readInputs, readTask, type Task } from './task-data.js';
import { type Training, train } from './train.js';
import {
  callOptions,
  type LearnerCallOptions,
  type LearnOptions,
  type LearnOutcome,
  type LoadOptions,
  loadOptions,
  type MemoryPart,
  type PredictCallOptions,
  predictOptions,
  readLearnOptions,
  type SnapshotOptions,
  snapshotOptions,
} from './types.js';

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
  readonly #calls = new Calls('learner');
  readonly #followers = new Set<LearnerSnapshot>();
  /** While a task is learnt: what there was before it. */
  #before: Promise<SessionSnapshot> | undefined;
  #tasks: number;
  #classes: number;

  private constructor({ session, config, environment, strategy, tasks, classes }: LearnerParts) {
    this.config = config;
    this.environment = environment;
    this.#session = session;
    this.#strategy = strategy;
    this.#tasks = tasks;
    this.#classes = classes;
  }

  /**
   * A new learner.
   *
   * @throws {ClTorchError} By rejection: CONFIG_INVALID with every problem of the configuration; DEVICE_UNAVAILABLE;
   * OUT_OF_MEMORY; what loading the addon throws.
   */
  static async create<Options extends object>(
    input: LearnerInput | CustomLearnerInput<Options>,
    options?: LearnerCallOptions,
  ): Promise<ContinualLearner> {
    const { signal } = settle('create', options, callOptions);
    return new ContinualLearner(await newLearner(input as CustomLearnerInput, signal));
  }

  /**
   * The learner that {@link save} wrote: what it learns from now on is, bit for bit, what that one would have learnt
   * (same device, threads, engine and LibTorch).
   *
   * @param options - Where to go on, if elsewhere; and the strategy, if it is one of the caller's own.
   * @throws {ClTorchError} By rejection: FILE_NOT_FOUND, FILE_FOREIGN, FILE_DAMAGED, FILE_TOO_NEW, FILE_TOO_OLD, FILE_MISMATCH; and
   * as {@link create}.
   */
  static async load(path: string, options?: LoadOptions): Promise<ContinualLearner> {
    const given = settle('load', options, loadOptions);
    return new ContinualLearner(await savedLearner(readPath(path, 'load: path'), given));
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
   * Learns a task. Labels beyond the classes known so far make the network's last layer grow, up to `maxClasses`.
   *
   * @param task - Its examples, or pieces of them as they come; they are copied to the device piece by piece and freed
   * there afterwards, but for what the memory keeps.
   * @throws {ClTorchError} By rejection: INVALID_ARGUMENT before any training for data that do not fit or are not
   * finite, or have a label beyond `maxClasses`; DIVERGED when the loss becomes NaN or infinite, unless `onNan` is `continue`; ABORTED; OUT_OF_MEMORY; DISPOSED; NESTED_CALL. What the iterable or
   * `onEvent` throws.
   */
  async learn(task: Task, options?: LearnOptions): Promise<LearnOutcome> {
    const given = readLearnOptions(options);
    const examples = readTask(task);
    return this.#calls.inTurn((call) => this.#learn(examples, given, call), given.signal);
  }

  /**
   * What the learner takes examples for.
   * @throws {ClTorchError} By rejection: INVALID_ARGUMENT for inputs that do not fit or are not finite; DIVERGED where the
   * network's outputs are not all numbers; ABORTED; DISPOSED; NESTED_CALL.
   */
  predict(
    inputs: Inputs,
    options: PredictCallOptions & { readonly probabilities: false },
  ): Promise<Classification>;
  predict(inputs: Inputs, options?: PredictCallOptions): Promise<Prediction>;
  async predict(inputs: Inputs, options?: PredictCallOptions): Promise<Prediction | Classification> {
    const { signal, probabilities = true } = settle('predict', options, predictOptions);
    const given = readInputs(inputs);
    return this.#calls.inTurn((call) => predict(this.#network, given, { probabilities }, call), signal);
  }

  /**
   * How well the learner does on examples. Changes nothing: what is learnt afterwards is as if it had not been asked.
   * @throws {ClTorchError} By rejection, as {@link learn}; INVALID_ARGUMENT also for a label that no task has had.
   */
  async evaluate(task: Task, options?: LearnerCallOptions): Promise<Evaluation> {
    const { signal } = settle('evaluate', options, callOptions);
    const given = readTask(task);
    return this.#calls.inTurn((call) => evaluate(this.#network, arriving(given, call), call), signal);
  }

  /**
   * A copy of the network in memory, to be asked while the learner learns: it answers with what was known before, and
   * unless told otherwise takes over what is learnt as soon as `learn` has ended well. It is made at once, also while a
   * task is learnt. Dispose of it by itself.
   * @throws {ClTorchError} By rejection: OUT_OF_MEMORY; ABORTED; DISPOSED.
   */
  async snapshot(options?: SnapshotOptions): Promise<LearnerSnapshot> {
    const { follow = true, signal } = settle('snapshot', options, snapshotOptions);
    return this.#calls.beside(async (call) => {
      for (;;) {
        const tasks = this.#tasks;
        const predictor = await this.#predictor();
        const isLate = follow && tasks !== this.#tasks; // a task has ended meanwhile
        if (!isLate && !call.signal.aborted) return this.#taken(predictor, follow);
        predictor.dispose();
        if (call.signal.aborted) throw aborted(call.signal);
      }
    }, signal);
  }

  /** The examples that the memory keeps, the earliest task's first; copies. Empty where the strategy keeps none. */
  memory(): Promise<MemoryPart[]> {
    return this.#calls.inTurn(async () => readMemory(this.#session, await this.#session.exportState()));
  }

  /**
   * Writes all of the learner into a file, at once: until it is whole, a file of that name stays as it is.
   * @throws {ClTorchError} By rejection: OUTPUT_FAILED; DISPOSED.
   */
  async save(path: string): Promise<void> {
    const file = readPath(path, 'save: path');
    return this.#calls.inTurn(async () => {
      const snapshot = await this.#session.exportState();
      const memory = await readMemory(this.#session, snapshot);
      await writeLearner(file, { config: this.config, tasks: this.#tasks, snapshot, memory });
    });
  }

  /** Copies of the network's weights, by PyTorch's names: `layers.0.weight`, `layers.0.bias`, … */
  parameters(): Promise<NamedTensor[]> {
    return this.#calls.inTurn(() => this.#session.parameters());
  }

  /**
   * Ends what runs and what waits with the code DISPOSED, and frees the memory; snapshots stay. Further calls reject with
   * the same code. Idempotent.
   */
  dispose(): void {
    this.#calls.end();
    this.#followers.clear();
    this.#session.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Waits for the calls that were made, then disposes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#calls.close();
    this.dispose();
  }

  get #network(): AskedNetwork {
    return { session: this.#session, features: featuresOf(this.config), classes: this.#classes };
  }

  /** Right behind what the session does now, and not behind the calls that wait for their turn. */
  async #predictor(): Promise<Predictor> {
    const tasks = this.#tasks;
    const { network } = modelOf(this.config, this.environment, this.#classes);
    const { parameters, buffers } = await (this.#before ?? weightsOf(this.#session));
    return Predictor.open(this.environment, { network, parameters, buffers, tasks });
  }

  #taken(predictor: Predictor, follow: boolean): LearnerSnapshot {
    const snapshot: LearnerSnapshot = new LearnerSnapshot(predictor, () => this.#followers.delete(snapshot));
    if (follow) this.#followers.add(snapshot);
    return snapshot;
  }

  async #learn(
    task: Task,
    { epochs, iterations, onNan = this.config.onNan, onEvent }: LearnOptions,
    call: RunningCall,
  ): Promise<LearnOutcome> {
    const started = performance.now();
    this.#before = this.#session.exportState();
    try {
      const before = await this.#before;
      const data = await loadTask(this.#session, task, this.config, call);
      const { classes, losses, report } = await this.#orAsBefore(before, data, () =>
        this.#train(data, { epochs, iterations }, { onNan, onEvent, call }),
      );
      const rows = data.labels.length;
      const seconds = (performance.now() - started) / 1000;
      return { task: this.#tasks - 1, rows, classes, losses, report, seconds };
    } finally {
      this.#before = undefined;
    }
  }

  /** Whatever ends the training early, the learner is as it was. */
  async #orAsBefore<T>(before: SessionSnapshot, data: LoadedTask, train: () => Promise<T>): Promise<T> {
    try {
      return await train();
    } catch (error) {
      await unlessDisposed(async () => {
        await this.#session.importState(before);
        await data.drop();
      });
      throw error;
    }
  }

  async #train(
    data: LoadedTask,
    passes: Pick<LearnOptions, 'epochs' | 'iterations'>,
    told: Pick<Training, 'onNan' | 'onEvent' | 'call'>,
  ): Promise<{ classes: number; losses: readonly number[]; report: TaskReport }> {
    const classes = Math.max(this.#classes, classesIn(data.labels));
    if (classes > this.#classes) await this.#session.growHead(classes);
    const model = modelOf(this.config, this.environment, classes);
    const [session, strategy, task] = [this.#session, this.#strategy, this.#tasks];
    const { batchSize, lastBatch, strategy: strategyName } = this.config;
    const length = { batchSize, lastBatch, ...passes };
    const of = { session, strategy, strategyName, task, data, known: this.#classes };
    const learnt = await train({ ...of, ...trainingOf(session, this.config, model), length, ...told });
    await data.drop();
    await this.#publish(model.network);
    return { classes, ...learnt };
  }

  /** What was learnt is there for the learner and for all that follow it at once, or not at all. */
  async #publish(network: NetworkSpec): Promise<void> {
    const predictors = new Map<LearnerSnapshot, Predictor>();
    const tasks = this.#tasks + 1;
    let weights: Weights | undefined;
    try {
      for (const follower of this.#followers) {
        weights ??= await weightsOf(this.#session);
        predictors.set(follower, await Predictor.open(this.environment, { network, ...weights, tasks }));
      }
    } catch (error) {
      for (const predictor of predictors.values()) predictor.dispose();
      throw error;
    }
    this.#tasks = tasks;
    this.#classes = network.classes;
    this.#before = undefined;
    for (const [follower, predictor] of predictors) follower.replace(predictor);
  }
}
