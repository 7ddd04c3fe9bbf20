import { AsyncLocalStorage } from 'node:async_hooks';
import { ClTorchError, codeOf } from '../base/errors.js';
import { isThenable } from '../base/listener.js';
import { Ending, FollowingController, orAborted } from '../base/signals.js';

/** A call that has been made and is not settled. */
export class RunningCall {
  readonly calls: Calls;
  readonly #controller: FollowingController;
  #isOver = false;

  constructor(calls: Calls, ...signals: readonly (AbortSignal | undefined)[]) {
    this.calls = calls;
    this.#controller = new FollowingController(...signals);
  }

  /** Fires when the call shall end: by its caller's signal, by {@link end} or with the object. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(ending: Ending): void {
    this.#controller.abort(ending);
  }

  settle(): void {
    this.#isOver = true;
    this.#controller.release();
  }

  /**
   * Runs code of the caller's: a source, a callback, a hook. If it returns a promise, the call waits for it, and must not
   * be waited for in turn: calls that are made in there are refused until the promise is settled.
   */
  visit<T>(work: () => T): T {
    const visit: Visit = { call: this, outer: visits.getStore(), state: 'entered', onAwaited: [] };
    let outcome: T;
    try {
      outcome = visits.run(visit, work);
    } catch (error) {
      visit.state = 'left';
      throw error;
    }
    if (!isThenable(outcome)) {
      visit.state = 'left';
      return outcome;
    }
    visit.state = 'awaited';
    for (const check of visit.onAwaited) check();
    const leave = (): void => {
      visit.state = 'left';
    };
    const promise = Promise.resolve(outcome); // asked once: a query of a database works each time its `then` is called
    promise.then(leave, leave);
    return promise as T;
  }
}

/** Code of the caller's that a call runs: `entered` until it is known whether the call waits for it. */
interface Visit {
  readonly call: RunningCall;
  /** Where that call was made, if it was in such code itself. */
  readonly outer: Visit | undefined;
  state: 'entered' | 'awaited' | 'left';
  readonly onAwaited: (() => void)[];
}

const visits = new AsyncLocalStorage<Visit>();

/** Refuses once it is known that a call of `calls` waits for the code that is running here. */
function refuseIfAwaited(innermost: Visit | undefined, calls: Calls, refuse: () => void): void {
  for (let visit = innermost; visit; visit = visit.outer) {
    if (visit.state === 'left' || visit.call.isOver) return;
    if (visit.state === 'entered') {
      visit.onAwaited.push(() => refuseIfAwaited(visit, calls, refuse));
      return;
    }
    if (visit.call.calls === calls) {
      refuse();
      return;
    }
  }
}

/** The calls of an object that is disposed of some day. */
export class Calls {
  readonly #object: string;
  readonly #disposal = new AbortController();
  readonly #open = new Set<Promise<unknown>>();
  #last: Promise<void> = Promise.resolve();
  #closes = false;

  /** @param object - What messages call it. */
  constructor(object: string) {
    this.#object = object;
  }

  /**
   * Makes a call when those before it are settled.
   * @throws {ClTorchError} By rejection: ABORTED at once when the signal fires before its turn; NESTED_CALL when one of
   * the object's calls waits for the code that makes this one; DISPOSED as {@link beside}.
   */
  inTurn<T>(work: (call: RunningCall) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.beside(async (call) => {
      this.#refuseNested(call);
      const turn = this.#last;
      let done = (): void => {};
      const end = new Promise<void>((resolve) => {
        done = resolve;
      });
      this.#last = turn.then(() => end);
      try {
        await orAborted(turn, call.signal);
        return await work(call);
      } finally {
        done();
      }
    }, signal);
  }

  /**
   * Makes a call now.
   * @throws {ClTorchError} By rejection: DISPOSED, at once, when the object is disposed of before the call is settled.
   */
  beside<T>(work: (call: RunningCall) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#closes) return Promise.reject(this.#disposed());
    const call = new RunningCall(this, signal, this.#disposal.signal);
    const outcome = this.#settled(work, call).finally(() => this.#open.delete(outcome));
    this.#open.add(outcome);
    return outcome;
  }

  /** Ends every call with DISPOSED. Idempotent. */
  end(): void {
    this.#closes = true;
    this.#disposal.abort(new Ending(this.#disposed()));
  }

  /** Waits until no call is open. */
  async idle(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open);
  }

  /**
   * Takes no further calls and waits until those that were made are settled.
   * @throws {ClTorchError} By rejection: NESTED_CALL, as {@link inTurn}; it then takes calls as before.
   */
  async close(): Promise<void> {
    const open = [...this.#open];
    try {
      await this.beside(async (call) => {
        this.#refuseNested(call);
        this.#closes ||= !call.signal.aborted;
        await orAborted(Promise.allSettled(open), call.signal);
      });
    } catch (error) {
      if (codeOf(error) === 'DISPOSED') return;
      this.#closes = false;
      throw error;
    }
  }

  async #settled<T>(work: (call: RunningCall) => Promise<T>, call: RunningCall): Promise<T> {
    try {
      // What hangs in the caller's code hangs there still when the object is disposed of.
      return await orAborted(work(call), this.#disposal.signal);
    } finally {
      call.settle();
    }
  }

  /** Ends the call as soon as it is known that it could never be made. */
  #refuseNested(call: RunningCall): void {
    refuseIfAwaited(visits.getStore(), this, () => call.end(new Ending(this.#nested())));
  }

  #disposed(): ClTorchError {
    return new ClTorchError('DISPOSED', `The ${this.#object} was disposed. Make a new one.`);
  }

  #nested(): ClTorchError {
    return new ClTorchError(
      'NESTED_CALL',
      `This call of the ${this.#object} was made inside another one (in its task's source, in onEvent or in a strategy's ` +
        'hook), which waits for that code: both would wait for ever. Make it before or after that call, or ask a ' +
        'snapshot() of the learner.',
    );
  }
}
