import '../base/symbols.js';
import type {
  AppendOptions,
  ClassesOutcome,
  ClassifyOptions,
  ClassRange,
  DatasetOptions,
  EpochOutcome,
  EvaluateOptions,
  EvaluationOutcome,
  Examples,
  GradientOptions,
  ImportanceOptions,
  LoadModelOptions,
  ModelOptions,
  NamedTensor,
  Session as NativeSession,
  SessionOptions as NativeSessionOptions,
  SharedDataset as NativeShared,
  TrainingGroup as NativeTrainingGroup,
  PredictOptions,
  RowsOptions,
  ScoreOutcome,
  SessionSnapshot,
  ViewOptions,
} from '../../binding.js';
import { refused } from '../base/arguments.js';
import { EPOCH, type EpochInput } from './epoch.js';
import { loadNative } from './native.js';
import { type CallOptions, NativeCalls, type SearchCallOptions } from './native-calls.js';
import { attempt, readAll } from './native-failure.js';
import { nativeOf } from './native-handle.js';
import type { WithDefaults } from './objective-calls.js';
import { type OptimizerInput, optimizerOf } from './optimizer.js';
import { SearchCalls } from './search-calls.js';
import type { SharedDataset } from './shared-dataset.js';
import type { TrainingGroup } from './training-group.js';
import { Vectors } from './vectors.js';

/** Where a session works. */
export interface SessionOptions extends Omit<NativeSessionOptions, 'trainingGroup'> {
  /** Trains the session's epochs together with those of others (`createTrainingGroup`); on a GPU and by the fused engine only. */
  readonly trainingGroup?: TrainingGroup | undefined;
}

/** What only {@link Session.open} has, and so the only way to a session. */
const OPEN: unique symbol = Symbol('open');

/**
 * A device, random streams, data, a model and one training thread: the native session with this package's errors,
 * AbortSignal and safe callbacks. Calls queue up and run one at a time; `binding.d.ts` has the formulas.
 *
 * Every call rejects with a {@link ClTorchError}: INVALID_ARGUMENT names what is wrong and changes nothing; ABORTED after
 * its signal, DISPOSED after dispose(); OUT_OF_MEMORY, DEVICE_LOST, LIBTORCH.
 */
export class Session extends SearchCalls {
  readonly #native: NativeSession;
  readonly #calls: NativeCalls;
  /** Its vectors, laid out like the parameters: what a method remembers of all weights at once. */
  readonly vectors: Vectors;
  #threads = 0;

  private constructor(native: NativeSession, key: typeof OPEN) {
    if (key !== OPEN) throw refused('Session.open() makes a session; new Session() does not.');
    const calls = new NativeCalls(native);
    super(native, calls);
    this.#native = native;
    this.#calls = calls;
    this.vectors = new Vectors(native, this.#calls);
  }

  /**
   * Loads the addon if need be. Throws DEVICE_UNAVAILABLE or INVALID_ARGUMENT before anything is allocated, and
   * THREADS_UNAVAILABLE when the system has no thread to train on. Where it has some, but not as many as asked for, the
   * session makes do with them: see {@link threads}.
   */
  static async open(options: SessionOptions): Promise<Session> {
    const given = readAll('Session.open', options, [
      'device',
      'threads',
      'trainingGroup',
    ]) as unknown as SessionOptions;
    const { Session: Native } = await loadNative();
    const native = attempt(
      () =>
        new Native({
          ...given,
          trainingGroup: nativeOf<NativeTrainingGroup | undefined>(given.trainingGroup),
        }),
    );
    const session = new Session(native, OPEN);
    try {
      session.#threads = (await session.#calls.run(() => native.open())).threads;
      return session;
    } catch (error) {
      session.dispose();
      throw error;
    }
  }

  /** CPU threads of its team: as many as were asked for, or fewer where the system has no more to give. */
  get threads(): number {
    return this.#threads;
  }

  /** Copies examples to the device, once, or has those that are shared; resolves to the data set's id. */
  loadDataset(options: DatasetOptions | { readonly shared: SharedDataset }): Promise<number> {
    return this.#calls.run(() => {
      const { shared } = Object(options) as { readonly shared?: SharedDataset };
      const given =
        shared === undefined ? (options as DatasetOptions) : { shared: nativeOf<NativeShared>(shared) };
      return this.#native.loadDataset(given);
    });
  }

  /** Adds rows to a data set; its views have them then, too. */
  appendDataset(options: AppendOptions): Promise<void> {
    return this.#calls.run(() => this.#native.appendDataset(options));
  }

  /** Frees a data set and its views; rows in the memory stay. */
  dropDataset(dataset: number): Promise<void> {
    return this.#calls.run(() => this.#native.dropDataset({ dataset }));
  }

  /** A task: which rows of a data set it has, and how it shows them. Resolves to the view's id. */
  addView(options: ViewOptions): Promise<number> {
    return this.#calls.run(() => this.#native.addView(options));
  }

  /**
   * The classes that losses and predictions on these views go over from now on, on their examples in the memory, too: the
   * other outputs get no gradient and are never predicted. All, unless it was called.
   */
  setClasses(views: readonly number[], classes: ClassRange): Promise<void> {
    return this.#calls.run(() => this.#native.setClasses({ views, classes }));
  }

  /** Seeds the streams and makes a fresh model; the engine is `fused`, in fp32, unless named. */
  createModel(
    options: Pick<ModelOptions, 'network' | 'seed'> & Partial<Pick<ModelOptions, 'engine' | 'precision'>>,
  ): Promise<void> {
    return this.#calls.run(() =>
      this.#native.createModel({ engine: 'fused', precision: 'fp32', ...options }),
    );
  }

  /** The same with these tensors, all that such a network has, in the place of freshly drawn ones. */
  loadModel(
    options: Pick<LoadModelOptions, 'network' | 'seed' | 'parameters' | 'buffers'> &
      Partial<Pick<LoadModelOptions, 'engine' | 'precision'>>,
  ): Promise<void> {
    return this.#calls.run(() => this.#native.loadModel({ engine: 'fused', precision: 'fp32', ...options }));
  }

  /** Adds output units for new classes; w_t grows by the same rows. */
  growHead(classes: number): Promise<void> {
    return this.#calls.run(() => this.#native.growHead({ classes }));
  }

  /** How the epochs from now on change the parameters; a configuration's options of training are such options. */
  createOptimizer(options: OptimizerInput): Promise<void> {
    return this.#calls.run(() => this.#native.createOptimizer(optimizerOf(options)));
  }

  /**
   * One pass over the views' examples, shuffled together, or over the memory's where `views` is null, or over both where `joinsMemory` (false) says so; or its first `mostSteps` steps where that is not 0;
   * `lastBatch` (`keep`) says what becomes of a short last batch; `rehearsal` (0) of the memory join every batch. With a
   * `reservoir` (0) of some size the memory is one during the epoch, and `storesOutputs` (false) for what it takes. Unless
   * `onNan` is `continue`, the epoch ends with the first loss that is NaN or infinite; `diverged` then says so. `epoch` (0) of
   * `epochs` (1) is what a schedule has the learning rate by.
   */
  trainEpoch(options: EpochInput, call?: SearchCallOptions): Promise<EpochOutcome> {
    return this.#calls.report((progress) => {
      return this.#native.trainEpoch({ ...EPOCH, ...options }, progress);
    }, call);
  }

  /**
   * Counts what the model gets right, view by view; a row of which an output is NaN or infinite is wrong. Each view draws
   * a number from the training's random stream, as a pass over a PyTorch loader does, unless `draws` is false.
   */
  evaluate(options: WithDefaults<EvaluateOptions, 'draws'>, call?: CallOptions): Promise<EvaluationOutcome> {
    return this.#calls.run(() => this.#native.evaluate({ draws: true, ...options }), call);
  }

  /** Copies of these rows of a view. */
  readRows(options: RowsOptions): Promise<Examples> {
    return this.#calls.run(() => this.#native.readRows(options));
  }

  /** The network's outputs for inputs: `rows × classes`, row-major. */
  predict(options: PredictOptions, call?: CallOptions): Promise<Float32Array> {
    return this.#calls.run(() => this.#native.predict(options), call);
  }

  /** The most probable class of each row of inputs, and the probabilities if they are wanted. */
  classify(options: ClassifyOptions, call?: CallOptions): Promise<ClassesOutcome> {
    return this.#calls.run(() => this.#native.classify(options), call);
  }

  /** How many rows the network gets right, and their summed cross-entropy in nats; nothing of them is kept. */
  score(options: DatasetOptions, call?: CallOptions): Promise<ScoreOutcome> {
    return this.#calls.run(() => this.#native.score(options), call);
  }

  /**
   * Mean cross-entropy of these rows of a view, at the parameters now. Its gradient becomes the vector `target`, which is
   * called `gradient` unless named.
   */
  gradient(options: WithDefaults<GradientOptions, 'target'>): Promise<number> {
    return this.#calls.run(() => this.#native.gradient({ target: 'gradient', ...options }));
  }

  /**
   * How much each weight matters to these rows of a view, as its `kind` says: the diagonal of the `exact` Fisher information
   * unless named. It becomes the vector `target`, which is called `importance` unless named.
   */
  importance(options: WithDefaults<ImportanceOptions, 'target' | 'kind'>, call?: CallOptions): Promise<void> {
    return this.#calls.run(
      () => this.#native.importance({ target: 'importance', kind: 'exact', ...options }),
      call,
    );
  }

  /** Copies of the parameters, under PyTorch's names. */
  parameters(): Promise<NamedTensor[]> {
    return this.#calls.run(() => this.#native.parameters());
  }

  /** Whether every parameter is a finite number; after a training that diverged they are not. */
  isFinite(): Promise<boolean> {
    return this.#calls.run(() => this.#native.isFinite());
  }

  /** Replaces the parameters, in the order of {@link parameters}. */
  setParameters(values: readonly Float32Array[]): Promise<void> {
    return this.#calls.run(() => this.#native.setParameters({ values }));
  }

  /** Copies of what the network keeps beside its parameters, such as running means; none of an MLP's. */
  buffers(): Promise<NamedTensor[]> {
    return this.#calls.run(() => this.#native.buffers());
  }

  /** Replaces them, in the order of {@link buffers}. */
  setBuffers(values: readonly Float32Array[]): Promise<void> {
    return this.#calls.run(() => this.#native.setBuffers({ values }));
  }

  /** Draws the order of an epoch and drops it, as a pass over a PyTorch loader does. */
  skipOrder(view: number): Promise<void> {
    return this.#calls.run(() => this.#native.skipOrder({ view }));
  }

  /** A copy of everything that the session would go on with; data and views are not in it. */
  exportState(): Promise<SessionSnapshot> {
    return this.#calls.run(() => this.#native.exportState());
  }

  /** Goes on where the snapshot was taken, bit for bit on the same device, threads and LibTorch. */
  importState(snapshot: SessionSnapshot): Promise<void> {
    return this.#calls.run(() => this.#native.importState(snapshot));
  }

  /** Cancels what runs, waits for the training thread and frees the memory. Idempotent. */
  dispose(): void {
    this.#native.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Waits for the calls that were made, then disposes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#calls.idle();
    this.dispose();
  }
}
