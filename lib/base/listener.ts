import { Ending, orAborted } from './signals.js';

/**
 * A callback of the caller's that a call tells of its progress. It may be asynchronous: what a promise that it returned
 * rejects with ends the call as what it throws does.
 */
export class Listener<Told extends readonly unknown[]> {
  readonly #callback: ((...told: Told) => unknown) | undefined;
  readonly #onFailure: (ending: Ending) => void;
  readonly #working = new Set<Promise<void>>();
  #failure: Ending | undefined;

  /**
   * @param onFailure - Called once, when the callback has failed in its own time; it ends the call, as with
   * `controller.abort(ending)`.
   */
  constructor(callback: ((...told: Told) => unknown) | undefined, onFailure: (ending: Ending) => void) {
    this.#callback = callback;
    this.#onFailure = onFailure;
  }

  /** What the callback failed with. */
  get failure(): Ending | undefined {
    return this.#failure;
  }

  /** Throws what the callback throws, or has failed with before. */
  tell(...told: Told): void {
    if (this.#failure) throw this.#failure.error;
    let outcome: unknown;
    try {
      outcome = this.#callback?.(...told);
    } catch (error) {
      this.#failure = new Ending(error);
      throw error;
    }
    if (isThenable(outcome)) this.#follow(outcome);
  }

  /** Waits for what the callback still does, unless the signal fires. Throws what it failed with. */
  async done(signal?: AbortSignal): Promise<void> {
    while (this.#working.size > 0) await orAborted(Promise.all(this.#working), signal);
    if (this.#failure) throw this.#failure.error;
  }

  #follow(outcome: PromiseLike<unknown>): void {
    const working = Promise.resolve(outcome)
      .then(
        () => {},
        (error: unknown) => {
          if (this.#failure) return;
          this.#failure = new Ending(error);
          this.#onFailure(this.#failure);
        },
      )
      .finally(() => this.#working.delete(working));
    this.#working.add(working);
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject && 'then' in value && typeof value.then === 'function';
}
