import { ClTorchError } from './errors.js';

/** As the reason of a signal: the calls that it ends reject with this error instead of ABORTED. */
export class Ending {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** The error of a call that its signal ended. Of ABORTED, `cause` is the signal's reason. */
export function aborted(signal: AbortSignal): unknown {
  const reason: unknown = signal.reason;
  if (reason instanceof Ending) return reason.error;
  return new ClTorchError('ABORTED', 'The run was aborted by its signal.', { cause: reason });
}

const actsOf = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `act` once the signal fires, or now if it has fired. However many calls share a signal, it gets one listener:
 * Node warns of a leak where there are more than ten.
 *
 * @returns What takes it back.
 */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) {
    act();
    return () => {};
  }
  const acts = actsOf.get(signal) ?? listen(signal);
  const entry = (): void => act();
  acts.add(entry);
  return () => acts.delete(entry);
}

/** The one listener stays for as long as there is the signal. */
function listen(signal: AbortSignal): Set<() => void> {
  const acts = new Set<() => void>();
  actsOf.set(signal, acts);
  signal.addEventListener('abort', () => {
    for (const act of acts) act();
    acts.clear();
  });
  return acts;
}

/** The promise's outcome, or a rejection with {@link aborted} as soon as the signal fires. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let release = (): void => {};
  const abort = new Promise<never>((_, reject) => {
    release = onAbort(signal, () => reject(aborted(signal)));
  });
  try {
    return await Promise.race([abort, promise]);
  } finally {
    release();
  }
}

/** A signal of one call: it fires by itself and with others, which hold nothing of it after `release`. */
export class FollowingController {
  readonly #controller = new AbortController();
  readonly #releases: readonly (() => void)[];

  constructor(...leaders: readonly (AbortSignal | undefined)[]) {
    this.#releases = leaders
      .filter((leader) => leader !== undefined)
      .map((leader) => onAbort(leader, () => this.abort(leader.reason)));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Further reasons change nothing. */
  abort(reason?: unknown): void {
    this.#controller.abort(reason);
  }

  release(): void {
    for (const release of this.#releases) release();
  }
}
