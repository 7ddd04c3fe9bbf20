import '../base/symbols.js';
import type {
  AdamWOptions,
  AppendOptions,
  ClassesOutcome,
  ClassifyOptions,
  DatasetOptions,
  DirectionOptions,
  DirectionOutcome,
  EpochOptions,
  EpochOutcome,
  EquilibriumOptions,
  EquilibriumOutcome,
  EvaluateOptions,
  EvaluationOutcome,
  Examples,
  GemmOptions,
  GemmTimes,
  GradientOutcome,
  ModelOptions,
  NamedTensor,
  Session as NativeSession,
  SessionOptions as NativeSessionOptions,
  PenaltyOptions,
  PredictOptions,
  ProgressCallback,
  RowsOptions,
  ScoreOutcome,
  SessionSnapshot,
  ViewOptions,
} from '../../binding.js';
import { abortSignal, callback, optional, type Readers, refused, settle } from '../base/arguments.js';
import { ClTorchError, codeOf } from '../base/errors.js';
import { Listener } from '../base/listener.js';
import { aborted, onAbort } from '../base/signals.js';
import { loadNative } from './native.js';
import { attempt, fromNative, readAll } from './native-failure.js';
import { nativeTrainingGroup, type TrainingGroup } from './training-group.js';

/** Where a session works. */
export interface SessionOptions extends Omit<NativeSessionOptions, 'trainingGroup'> {
  /** Trains the session's epochs together with those of others (`createTrainingGroup`); on a GPU and by the fused engine only. */
  readonly trainingGroup?: TrainingGroup | undefined;
}

/** Of the options, those that have a default may be left out. */
type WithDefaults<Options, Key extends keyof Options> = Omit<Options, Key> & Partial<Pick<Options, Key>>;

export interface CallOptions {
  /** Cancels this call, at once while it waits and within a step or two when it runs; it rejects with the code ABORTED. */
  readonly signal?: AbortSignal | undefined;
}

export interface SearchCallOptions extends CallOptions {
  /**
   * At most about ten calls a second. If it throws, or a promise that it returned rejects, the call is cancelled and
   * rejects with that error; a call that ends waits for such promises.
   */
  readonly onProgress?: ProgressCallback | undefined;
}

const callOptions: Readers<CallOptions> = { signal: optional(abortSignal) };
const searchOptions: Readers<SearchCallOptions> = {
  ...callOptions,
  onProgress: optional(callback<ProgressCallback>),
};

/** What only {@link Session.open} has, and so the only way to a session. */
const OPEN: unique symbol = Symbol('open');

/**
 * A device, random streams, data, a model and one training thread: the native session with this package's errors,
 * AbortSignal and safe callbacks. Calls queue up and run one at a time; `binding.d.ts` has the formulas.
 *
 * Every call rejects with a {@link ClTorchError}: INVALID_ARGUMENT names what is wrong and changes nothing; ABORTED after
 * its signal, DISPOSED after dispose(); OUT_OF_MEMORY, DEVICE_LOST, LIBTORCH.
 */
export class Session {
  readonly #native: NativeSession;
  readonly #open = new Set<Promise<unknown>>();
  #threads = 0;

  private constructor(native: NativeSession, key: typeof OPEN) {
    if (key !== OPEN) throw refused('Session.open() makes a session; new Session() does not.');
    this.#native = native;
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
      () => new Native({ ...given, trainingGroup: nativeTrainingGroup(given.trainingGroup) }),
    );
    const session = new Session(native, OPEN);
    try {
      session.#threads = (await session.#call(() => native.open())).threads;
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

  /** Copies examples to the device, once; resolves to the data set's id. */
  loadDataset(options: DatasetOptions): Promise<number> {
    return this.#call(() => this.#native.loadDataset(options));
  }

  /** Adds rows to a data set; its views have them then, too. */
  appendDataset(options: AppendOptions): Promise<void> {
    return this.#call(() => this.#native.appendDataset(options));
  }

  /** Frees a data set and its views; rows in the memory stay. */
  dropDataset(dataset: number): Promise<void> {
    return this.#call(() => this.#native.dropDataset({ dataset }));
  }

  /** A task: a data set through a permutation of its columns. Resolves to the view's id. */
  addView(options: ViewOptions): Promise<number> {
    return this.#call(() => this.#native.addView(options));
  }

  /** Seeds the streams and makes a fresh model; the engine is `fused`, in fp32, unless named. */
  createModel(
    options: Pick<ModelOptions, 'network' | 'seed'> & Partial<Pick<ModelOptions, 'engine' | 'precision'>>,
  ): Promise<void> {
    return this.#call(() => this.#native.createModel({ engine: 'fused', precision: 'fp32', ...options }));
  }

  /** Adds output units for new classes; w_t grows by the same rows. */
  growHead(classes: number): Promise<void> {
    return this.#call(() => this.#native.growHead({ classes }));
  }

  /** A new AdamW: zero moments, step 0. */
  createOptimizer(options: AdamWOptions): Promise<void> {
    return this.#call(() => this.#native.createOptimizer(options));
  }

  /**
   * One pass over the views' examples, shuffled together; `rehearsal` (0) of the memory join every batch. Unless `onNan`
   * is `continue`, the epoch ends with the first loss that is NaN or infinite; `diverged` then says so.
   */
  trainEpoch(
    options: WithDefaults<EpochOptions, 'rehearsal' | 'onNan'>,
    call?: SearchCallOptions,
  ): Promise<EpochOutcome> {
    return this.#report((progress) => {
      const epoch = { rehearsal: 0, onNan: 'stop', ...options } as const;
      return this.#native.trainEpoch(epoch, progress);
    }, call);
  }

  /**
   * Counts what the model gets right, view by view; a row of which an output is NaN or infinite is wrong. Each view draws
   * a number from the training's random stream, as a pass over a PyTorch loader does, unless `draws` is false.
   */
  evaluate(options: WithDefaults<EvaluateOptions, 'draws'>, call?: CallOptions): Promise<EvaluationOutcome> {
    return this.#call(() => this.#native.evaluate({ draws: true, ...options }), call);
  }

  /** Copies of these rows of a view. */
  readRows(options: RowsOptions): Promise<Examples> {
    return this.#call(() => this.#native.readRows(options));
  }

  /** The network's outputs for inputs: `rows × classes`, row-major. */
  predict(options: PredictOptions, call?: CallOptions): Promise<Float32Array> {
    return this.#call(() => this.#native.predict(options), call);
  }

  /** The most probable class of each row of inputs, and the probabilities if they are wanted. */
  classify(options: ClassifyOptions, call?: CallOptions): Promise<ClassesOutcome> {
    return this.#call(() => this.#native.classify(options), call);
  }

  /** How many rows the network gets right, and their summed cross-entropy in nats; nothing of them is kept. */
  score(options: DatasetOptions, call?: CallOptions): Promise<ScoreOutcome> {
    return this.#call(() => this.#native.score(options), call);
  }

  /** Mean cross-entropy of these rows, in nats, and its gradient, a tensor for each parameter tensor. */
  gradient(options: RowsOptions): Promise<GradientOutcome> {
    return this.#call(() => this.#native.gradient(options));
  }

  /** Copies of the parameters, under PyTorch's names. */
  parameters(): Promise<NamedTensor[]> {
    return this.#call(() => this.#native.parameters());
  }

  /** Whether every parameter is a finite number; after a training that diverged they are not. */
  isFinite(): Promise<boolean> {
    return this.#call(() => this.#native.isFinite());
  }

  /** Replaces the parameters, in the order of {@link parameters}. */
  setParameters(values: readonly Float32Array[]): Promise<void> {
    return this.#call(() => this.#native.setParameters({ values }));
  }

  /** Draws the order of an epoch and drops it, as a pass over a PyTorch loader does. */
  skipOrder(view: number): Promise<void> {
    return this.#call(() => this.#native.skipOrder({ view }));
  }

  /** Adds rows of a view to the rehearsal memory. */
  addMemory(options: RowsOptions): Promise<void> {
    return this.#call(() => this.#native.addMemory(options));
  }

  /** Takes the parameters now as w_t. */
  setAnchor(): Promise<void> {
    return this.#call(() => this.#native.setAnchor());
  }

  /** Finds the less-forgetting direction around the parameters now, by Riemannian SGD on the memory, and keeps it. */
  findDirection(options: DirectionOptions, call?: SearchCallOptions): Promise<DirectionOutcome> {
    return this.#report((progress) => this.#native.findDirection(options, progress), call);
  }

  /** The direction, in tensors like {@link parameters}. */
  direction(): Promise<NamedTensor[]> {
    return this.#call(() => this.#native.direction());
  }

  /** From now on a training loss has alpha ||delta||^2 more: what the offset from w_t has off the direction. */
  setPenalty(options: PenaltyOptions): Promise<void> {
    return this.#call(() => this.#native.setPenalty(options));
  }

  /** Ends the penalty. */
  clearPenalty(): Promise<void> {
    return this.#call(() => this.#native.clearPenalty());
  }

  /** ||delta||. */
  deviation(): Promise<number> {
    return this.#call(() => this.#native.deviation());
  }

  /** Moves the parameters to the best point on the line through w_t and themselves, by descent on the memory's loss. */
  findEquilibriumPoint(options: EquilibriumOptions, call?: SearchCallOptions): Promise<EquilibriumOutcome> {
    return this.#report((progress) => this.#native.findEquilibriumPoint(options, progress), call);
  }

  /** A copy of everything that the session would go on with; data and views are not in it. */
  exportState(): Promise<SessionSnapshot> {
    return this.#call(() => this.#native.exportState());
  }

  /** Goes on where the snapshot was taken, bit for bit on the same device, threads and LibTorch. */
  importState(snapshot: SessionSnapshot): Promise<void> {
    return this.#call(() => this.#native.importState(snapshot));
  }

  /** How long an epoch's matrix products alone take: the floor under every engine. */
  timeGemm(options: GemmOptions): Promise<GemmTimes> {
    return this.#call(() => this.#native.timeGemm(options));
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
    while (this.#open.size > 0) await Promise.allSettled(this.#open);
    this.dispose();
  }

  /** A call that reports progress: what the callback fails with cancels the call and is thrown by it. */
  async #report<T>(
    start: (progress?: ProgressCallback) => Promise<T>,
    options: SearchCallOptions | undefined,
  ): Promise<T> {
    const { signal, onProgress } = settle('The call', options, searchOptions);
    if (!onProgress) return this.#call(() => start(), { signal });
    let call: Promise<T> | undefined;
    const cancel = (): void => {
      if (call) this.#native.cancelCall(call);
    };
    const listener = new Listener(onProgress, cancel);
    const guarded: ProgressCallback = (...progress) => {
      if (listener.failure) return;
      try {
        listener.tell(...progress);
      } catch {
        // Thrown into the native caller it would be lost on Node 20.
        cancel();
      }
    };
    try {
      const outcome = await this.#call(
        () => {
          call = start(guarded);
          return call;
        },
        { signal },
      );
      await listener.done(signal);
      return outcome;
    } catch (error) {
      throw listener.failure ? listener.failure.error : error;
    }
  }

  #call<T>(start: () => Promise<T>, call?: CallOptions): Promise<T> {
    const outcome = this.#outcome(start, call).finally(() => this.#open.delete(outcome));
    this.#open.add(outcome);
    return outcome;
  }

  async #outcome<T>(start: () => Promise<T>, options: CallOptions | undefined): Promise<T> {
    const { signal } = settle('The call', options, callOptions);
    if (signal?.aborted) throw aborted(signal);
    let release = (): void => {};
    try {
      const call = attempt(start);
      if (signal) release = onAbort(signal, () => this.#native.cancelCall(call));
      return await call;
    } catch (error) {
      throw signal?.aborted && codeOf(error) === 'ABORTED' ? aborted(signal) : fromNative(error);
    } finally {
      release();
    }
  }
}
