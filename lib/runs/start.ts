import { abortSignal, callback, optional, type Readers } from '../base/arguments.js';
import { Listener } from '../base/listener.js';
import { FollowingController } from '../base/signals.js';
import { EventQueue } from './events.js';
import type { LoopOptions } from './loop.js';
import type { RunEvent, RunResult } from './types.js';

export interface RunOptions {
  /** Ends the run within a step or two; it then rejects with the code ABORTED. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with each event as it happens. If it throws, or a promise that it returned rejects, the run ends and rejects
   * with that error; a run that ends waits for such promises.
   */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/** A started run: await it for its result, or iterate it for its events. Leaving the loop early ends the run. */
export type ExperimentRun = Promise<RunResult> & AsyncIterable<RunEvent>;

/** How the options of every run are read. */
export const runOptions: Readers<RunOptions> = {
  signal: optional(abortSignal),
  onEvent: optional(callback<(event: RunEvent) => void>),
};

/**
 * Starts a run of what a caller gave.
 *
 * @param settle - Reads and checks what the caller gave, at once; what it throws is what the run rejects with.
 */
export function startSettled<Given extends RunOptions>(
  settle: () => Given,
  run: (given: Given, loop: LoopOptions) => Promise<RunResult>,
): ExperimentRun {
  try {
    const given = settle();
    return start(given, (loop) => run(given, loop));
  } catch (error) {
    return start({}, () => Promise.reject(error));
  }
}

/** Starts a run whose events can be listened to. */
export function start(
  { signal, onEvent }: RunOptions,
  run: (loop: LoopOptions) => Promise<RunResult>,
): ExperimentRun {
  const stop = new FollowingController(signal);
  const listener = new Listener(onEvent, (ending) => stop.abort(ending));
  const queues = new Set<EventQueue>();
  const emit = (event: RunEvent): void => {
    listener.tell(event);
    for (const queue of queues) queue.push(event);
  };
  const result = Promise.resolve()
    .then(async () => {
      const outcome = await run({ signal: stop.signal, emit });
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
