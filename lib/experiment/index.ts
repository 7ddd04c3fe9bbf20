import { parseConfig } from '../config/parse.js';
import type { ExperimentInput } from '../config/schema.js';
import { EventQueue } from './events.js';
import { runLoop } from './loop.js';
import type { RunEvent, RunResult } from './types.js';

export interface RunOptions {
  /** Ends the run within a step or two; it then rejects with the code ABORTED. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each event as it happens. If it throws, the run ends and rejects with that error. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/** A started run: await it for its result, or iterate it for its events. Leaving the loop early ends the run. */
export type ExperimentRun = Promise<RunResult> & AsyncIterable<RunEvent>;

/**
 * Trains a strategy on a benchmark, one task after another, and measures every task seen so far after each.
 *
 * @param input - The configuration; what is left out takes the article's value (`ExperimentConfig`).
 * @returns The started run.
 * @throws {ClTorchError} By rejection: CONFIG_INVALID, DATA_NOT_FOUND, DATA_INVALID, DEVICE_UNAVAILABLE and
 * OUTPUT_FAILED before any training; ABORTED, OUT_OF_MEMORY, LIBTORCH or OUTPUT_FAILED later. With `out` set,
 * what was finished is then in `result.json`.
 * @example
 * const result = await runExperiment({ strategy: 'baseline', tasks: 3, epochs: 2 });
 * console.log(result.taskMeans);
 */
export function runExperiment(input: ExperimentInput, { signal, onEvent }: RunOptions = {}): ExperimentRun {
  const stop = new AbortController();
  const queues = new Set<EventQueue>();
  const emit = (event: RunEvent): void => {
    onEvent?.(event);
    for (const queue of queues) queue.push(event);
  };
  const start = async (): Promise<RunResult> =>
    runLoop(parseConfig(input), {
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
      emit,
    });
  const result = start().finally(() => {
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
