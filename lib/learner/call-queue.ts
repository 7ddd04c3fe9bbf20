import { aborted } from '../session.js';

/** Runs calls one at a time, in the order in which they were made. */
export class CallQueue {
  #last: Promise<void> = Promise.resolve();

  /** A call whose signal fires before its turn rejects at once with the code ABORTED and is never made. */
  async run<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const turn = this.#last;
    let done = (): void => {};
    const end = new Promise<void>((resolve) => {
      done = resolve;
    });
    this.#last = turn.then(() => end);
    try {
      await orAborted(turn, signal);
      return await call();
    } finally {
      done();
    }
  }
}

/** The promise's outcome, or a rejection with the code ABORTED as soon as the signal fires. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  if (signal.aborted) throw aborted(signal);
  let stop = (): void => {};
  const abort = new Promise<never>((_, reject) => {
    stop = () => reject(aborted(signal));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, abort]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
