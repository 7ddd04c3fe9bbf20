import { Listener } from '../base/listener.js';
import { FollowingController } from '../base/signals.js';
import type { RunOptions } from '../runs/start.js';
import type { RunEvent, RunResult } from '../runs/types.js';

/** Starts a run; it must end when the signal says so. */
export type StartRun = (options: RunOptions) => Promise<RunResult>;

/** How runs share a CPU: how many at the same time, and the threads of each. */
export interface Lanes {
  readonly atOnce: number;
  readonly threads: number;
}

/** What a thread more costs each of a team, in shares of its time: measured with two (docs/speed.md). */
const TEAM_COST = 0.05;

/** The sharing of `cores` cores that should end `runs` equally long runs first. */
export function lanesFor(runs: number, cores: number): Lanes {
  const choices = Array.from({ length: Math.min(runs, cores) }, (_, i) => {
    const atOnce = i + 1;
    const threads = Math.floor(cores / atOnce);
    const rounds = Math.ceil(runs / atOnce);
    return { atOnce, threads, time: (rounds * (1 + TEAM_COST * (threads - 1))) / threads };
  });
  const { atOnce, threads } = choices.reduce((best, each) => (each.time < best.time ? each : best));
  return { atOnce, threads };
}

/**
 * Runs up to `atOnce` runs at the same time; they begin in order. When one fails, the others are ended and its error is
 * thrown. Their events come as if the runs followed each other: those of the first one that is not over as they happen,
 * those of a later one, without `progress` and `search`, when its turn comes.
 *
 * @param onResult - Called with the results so far, in the runs' order, whenever a run has ended; one call at a time.
 */
export async function sideBySide(
  starts: readonly StartRun[],
  atOnce: number,
  { signal, onEvent }: RunOptions,
  onResult: (results: RunResult[]) => Promise<void> = async () => {},
): Promise<RunResult[]> {
  const stop = new FollowingController(signal);
  const listener = new Listener(onEvent, (ending) => stop.abort(ending));
  const turns = new EventTurns((event) => listener.tell(event));
  const results: (RunResult | undefined)[] = starts.map(() => undefined);
  const finished = (): RunResult[] => results.filter((result) => result !== undefined);
  let failure: { readonly error: unknown } | undefined;
  let next = 0;
  let written: Promise<void> = Promise.resolve();
  const lane = async (): Promise<void> => {
    for (let index = next++; index < starts.length && !failure; index = next++) {
      results[index] = await starts[index]?.({ signal: stop.signal, onEvent: turns.listener(index) });
      turns.end(index);
      written = written.then(() => onResult(finished()));
      await written;
    }
  };
  const lanes = Array.from({ length: Math.min(atOnce, starts.length) }, () =>
    lane().catch((error: unknown) => {
      failure ??= { error };
      stop.abort();
    }),
  );
  await Promise.all(lanes);
  stop.release();
  if (failure) throw failure.error;
  await listener.done(signal);
  return finished();
}

/** Lets runs tell of themselves one after the other. */
class EventTurns {
  readonly #onEvent: (event: RunEvent) => void;
  readonly #kept = new Map<number, RunEvent[]>();
  readonly #ended = new Set<number>();
  #turn = 0;

  constructor(onEvent: (event: RunEvent) => void) {
    this.#onEvent = onEvent;
  }

  listener(index: number): (event: RunEvent) => void {
    const kept: RunEvent[] = [];
    this.#kept.set(index, kept);
    return (event) => {
      if (index === this.#turn) this.#onEvent(event);
      else if (event.type !== 'progress' && event.type !== 'search') kept.push(event);
    };
  }

  end(index: number): void {
    this.#ended.add(index);
    while (this.#ended.has(this.#turn)) {
      this.#turn += 1;
      for (const event of this.#kept.get(this.#turn)?.splice(0) ?? []) this.#onEvent(event);
    }
  }
}
