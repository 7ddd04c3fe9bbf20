import type { Session as NativeSession, ProgressCallback } from '../../binding.js';
import { abortSignal, callback, optional, type Readers, settle } from '../base/arguments.js';
import { codeOf } from '../base/errors.js';
import { Listener } from '../base/listener.js';
import { aborted, onAbort } from '../base/signals.js';
import { attempt, fromNative } from './native-failure.js';

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

/** The outstanding calls of a native session: each with its own signal, this package's errors and a safe callback. */
export class NativeCalls {
  readonly #native: NativeSession;
  readonly #open = new Set<Promise<unknown>>();

  constructor(native: NativeSession) {
    this.#native = native;
  }

  /** Waits until there is none. */
  async idle(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open);
  }

  /** A call that reports progress: what the callback fails with cancels the call and is thrown by it. */
  async report<T>(
    start: (progress?: ProgressCallback) => Promise<T>,
    options: SearchCallOptions | undefined,
  ): Promise<T> {
    const { signal, onProgress } = settle('The call', options, searchOptions);
    if (!onProgress) return this.run(() => start(), { signal });
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
      const outcome = await this.run(
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

  /** A call that may be cancelled. */
  run<T>(start: () => Promise<T>, call?: CallOptions): Promise<T> {
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
