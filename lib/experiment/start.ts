import { EventQueue } from './events.js';
import type { LoopOptions } from './loop.js';
import type { RunEvent, RunResult } from './types.js';

export interface RunOptions {
  /** Ends the run within a step or two; it then rejects with the code ABORTED. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each event as it happens. If it throws, the run ends and rejects with that error. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/** A started run: await it for its result, or iterate it for its events. Leaving the loop early ends the run. */
export type ExperimentRun = Promise<RunResult> & AsyncIterable<RunEvent>;

/** Starts a run whose events can be listened to. */
export function start(
  { signal, onEvent }: RunOptions,
  run: (loop: LoopOptions) => Promise<RunResult>,
): ExperimentRun {
  const stop = new AbortController();
  const queues = new Set<EventQueue>();
  const emit = (event: RunEvent): void => {
    onEvent?.(event);
    for (const queue of queues) queue.push(event);
  };
  const signals = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const result = Promise.resolve()
    .then(() => run({ signal: signals, emit }))
    .finally(() => {
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
