import { abortSignal, callback, flag, optional, type Readers } from '../base/arguments.js';
import { Listener } from '../base/listener.js';
import { FollowingController } from '../base/signals.js';
import type { RunEvent, RunResult } from '../runs/types.js';
import { EventQueue } from './events.js';
import type { Control } from './parallel.js';

export interface RunOptions {
  /** Ends the run within a step or two; it then rejects with the code ABORTED. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with each event as it happens. If it throws, or a promise that it returned rejects, the run ends and rejects
   * with that error; a run that ends waits for such promises.
   */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

export interface NewRunOptions extends RunOptions {
  /** Replaces the run that `out` holds already, instead of refusing to start. Default false. */
  readonly overwrite?: boolean | undefined;
}

/** A started run: await it for its result, or iterate it for its events. Leaving the loop early ends the run. */
export type ExperimentRun = Started<RunResult>;

/** The same of whatever becomes of one run or several. */
export type Started<Outcome> = Promise<Outcome> & AsyncIterable<RunEvent>;

/** How the options of every run are read. */
export const runOptions: Readers<RunOptions> = {
  signal: optional(abortSignal),
  onEvent: optional(callback<(event: RunEvent) => void>),
};

/** How the options of a new run are read. */
export const newRunOptions: Readers<NewRunOptions> = { ...runOptions, overwrite: optional(flag) };

/**
 * Starts what a caller asked for.
 *
 * @param read - Reads and checks what the caller gave, at once; what it throws is what the outcome rejects with.
 */
export function startRead<Given extends RunOptions, Outcome>(
  read: () => Given,
  work: (given: Given, control: Control) => Promise<Outcome>,
): Started<Outcome> {
  try {
    const given = read();
    return start(given, (control) => work(given, control));
  } catch (error) {
    return start({}, () => Promise.reject(error));
  }
}

/** Starts work whose events can be listened to. */
export function start<Outcome>(
  { signal, onEvent }: RunOptions,
  work: (control: Control) => Promise<Outcome>,
): Started<Outcome> {
  const stop = new FollowingController(signal);
  const listener = new Listener(onEvent, (ending) => stop.abort(ending));
  const queues = new Set<EventQueue>();
  const emit = (event: RunEvent): void => {
    listener.tell(event);
    for (const queue of queues) queue.push(event);
  };
  const result = Promise.resolve()
    .then(async () => {
      const outcome = await work({ signal: stop.signal, emit });
      await listener.done(stop.signal);
      return outcome;
    })
    .finally(() => {
      stop.release();
      for (const queue of queues) queue.end();
    });

  async function* events(queue: EventQueue): AsyncGenerator<RunEvent, void, void> {
    try {
      yield* queue.read();
      await result; // a failed run's error ends the loop
    } finally {
      stop.abort(new DOMException('The loop over the events was left.', 'AbortError'));
      queues.delete(queue);
      await result.catch(() => {}); // the run's folder is free again when the loop is over
    }
  }

  return Object.assign(result, {
    [Symbol.asyncIterator](): AsyncGenerator<RunEvent, void, void> {
      result.catch(() => {}); // the loop reports it
      const queue = new EventQueue();
      queues.add(queue);
      return events(queue);
    },
  });
}
