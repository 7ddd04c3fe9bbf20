import type {
  AdamWOptions,
  AppendOptions,
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
  GradientOutcome,
  MatrixProductsOptions,
  MatrixProductsOutcome,
  ModelOptions,
  NamedTensor,
  Session as NativeSession,
  PenaltyOptions,
  PredictOptions,
  ProgressCallback,
  RowsOptions,
  SessionOptions,
  SessionSnapshot,
  ViewOptions,
} from '../binding.js';
import { ClTorchError, codeOf, type ErrorCode, messageOf } from './errors.js';
import { loadNative } from './native.js';

export interface CallOptions {
  /** Cancels the call within a step or two; it then rejects with the code ABORTED. */
  readonly signal?: AbortSignal | undefined;
}

export interface SearchCallOptions extends CallOptions {
  /** At most about ten calls a second. If it throws, the call is cancelled and rejects with that error. */
  readonly onProgress?: ProgressCallback | undefined;
}

/** The native session with this package's errors, AbortSignal and safe callbacks (binding.d.ts documents each call). */
export class Session {
  readonly #native: NativeSession;

  private constructor(native: NativeSession) {
    this.#native = native;
  }

  /** Loads the addon if need be. Throws DEVICE_UNAVAILABLE or INVALID_ARGUMENT before anything is allocated. */
  static async open(options: SessionOptions): Promise<Session> {
    const { Session: Native } = await loadNative();
    try {
      return new Session(new Native(options));
    } catch (error) {
      throw fromNative(error);
    }
  }

  loadDataset(options: DatasetOptions): Promise<number> {
    return this.#call(() => this.#native.loadDataset(options));
  }

  appendDataset(options: AppendOptions): Promise<void> {
    return this.#call(() => this.#native.appendDataset(options));
  }

  dropDataset(dataset: number): Promise<void> {
    return this.#call(() => this.#native.dropDataset({ dataset }));
  }

  addView(options: ViewOptions): Promise<number> {
    return this.#call(() => this.#native.addView(options));
  }

  /** The engine is `fused`, in fp32, unless named. */
  createModel(
    options: Pick<ModelOptions, 'layers' | 'seed'> & Partial<Pick<ModelOptions, 'engine' | 'precision'>>,
  ): Promise<void> {
    return this.#call(() => this.#native.createModel({ engine: 'fused', precision: 'fp32', ...options }));
  }

  growHead(classes: number): Promise<void> {
    return this.#call(() => this.#native.growHead({ classes }));
  }

  createOptimizer(options: AdamWOptions): Promise<void> {
    return this.#call(() => this.#native.createOptimizer(options));
  }

  trainEpoch(
    options: Omit<EpochOptions, 'rehearsal'> & { readonly rehearsal?: number },
    call: SearchCallOptions = {},
  ): Promise<EpochOutcome> {
    return this.#report((progress) => this.#native.trainEpoch({ rehearsal: 0, ...options }, progress), call);
  }

  evaluate(options: EvaluateOptions, { signal }: CallOptions = {}): Promise<EvaluationOutcome> {
    return this.#call(() => this.#native.evaluate(options), signal);
  }

  readRows(options: RowsOptions): Promise<Examples> {
    return this.#call(() => this.#native.readRows(options));
  }

  predict(options: PredictOptions, { signal }: CallOptions = {}): Promise<Float32Array> {
    return this.#call(() => this.#native.predict(options), signal);
  }

  gradient(options: RowsOptions): Promise<GradientOutcome> {
    return this.#call(() => this.#native.gradient(options));
  }

  parameters(): Promise<NamedTensor[]> {
    return this.#call(() => this.#native.parameters());
  }

  setParameters(values: readonly Float32Array[]): Promise<void> {
    return this.#call(() => this.#native.setParameters({ values }));
  }

  skipOrder(view: number): Promise<void> {
    return this.#call(() => this.#native.skipOrder({ view }));
  }

  addMemory(options: RowsOptions): Promise<void> {
    return this.#call(() => this.#native.addMemory(options));
  }

  setAnchor(): Promise<void> {
    return this.#call(() => this.#native.setAnchor());
  }

  findDirection(options: DirectionOptions, call: SearchCallOptions = {}): Promise<DirectionOutcome> {
    return this.#report((progress) => this.#native.findDirection(options, progress), call);
  }

  direction(): Promise<NamedTensor[]> {
    return this.#call(() => this.#native.direction());
  }

  setPenalty(options: PenaltyOptions): Promise<void> {
    return this.#call(() => this.#native.setPenalty(options));
  }

  clearPenalty(): Promise<void> {
    return this.#call(() => this.#native.clearPenalty());
  }

  deviation(): Promise<number> {
    return this.#call(() => this.#native.deviation());
  }

  findEquilibriumPoint(
    options: EquilibriumOptions,
    call: SearchCallOptions = {},
  ): Promise<EquilibriumOutcome> {
    return this.#report((progress) => this.#native.findEquilibriumPoint(options, progress), call);
  }

  exportState(): Promise<SessionSnapshot> {
    return this.#call(() => this.#native.exportState());
  }

  importState(snapshot: SessionSnapshot): Promise<void> {
    return this.#call(() => this.#native.importState(snapshot));
  }

  timeMatrixProducts(options: MatrixProductsOptions): Promise<MatrixProductsOutcome> {
    return this.#call(() => this.#native.timeMatrixProducts(options));
  }

  /** Cancels what runs, waits for the training thread and frees the memory. Idempotent. */
  dispose(): void {
    this.#native.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** A call that reports progress: what the callback throws cancels the call and is thrown by it. */
  async #report<T>(
    start: (progress?: ProgressCallback) => Promise<T>,
    { signal, onProgress }: SearchCallOptions,
  ): Promise<T> {
    if (!onProgress) return this.#call(() => start(), signal);
    let thrown: { readonly error: unknown } | undefined;
    const guarded: ProgressCallback = (step, steps, value) => {
      if (thrown) return;
      try {
        onProgress(step, steps, value);
      } catch (error) {
        // Thrown into the native caller it would be lost on Node 20.
        thrown = { error };
        this.#native.cancel();
      }
    };
    try {
      return await this.#call(() => start(guarded), signal);
    } catch (error) {
      throw thrown ? thrown.error : error;
    }
  }

  async #call<T>(start: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) throw aborted(signal);
    const cancel = (): void => this.#native.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await start();
    } catch (error) {
      throw signal?.aborted && codeOf(error) === 'ABORTED' ? aborted(signal) : fromNative(error);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }
}

/** The error of a call that its AbortSignal ended; `cause` is the signal's reason. */
export function aborted(signal: AbortSignal): ClTorchError {
  return new ClTorchError('ABORTED', 'The run was aborted by its signal.', { cause: signal.reason });
}

/** An error of the addon as this package's own. */
export function fromNative(error: unknown): ClTorchError {
  const code = codeOf(error);
  return new ClTorchError(code === undefined ? 'INTERNAL' : (code as ErrorCode), messageOf(error), {
    cause: error,
  });
}
