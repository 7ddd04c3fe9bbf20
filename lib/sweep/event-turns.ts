import type { RunEvent } from '../runs/types.js';

/**
 * Lets runs that train at the same time tell of themselves one after the other: what the first one that is not over tells
 * is passed on as it happens; what a later one tells, without `progress` and `search`, when its turn comes.
 */
export class EventTurns {
  readonly #emit: (event: RunEvent) => void;
  readonly #kept = new Map<number, RunEvent[]>();
  readonly #ended = new Set<number>();
  #turn = 0;

  constructor(emit: (event: RunEvent) => void) {
    this.#emit = emit;
  }

  /** What the run of this number tells its events to. */
  emitter(index: number): (event: RunEvent) => void {
    const kept: RunEvent[] = [];
    this.#kept.set(index, kept);
    return (event) => {
      if (index === this.#turn) this.#emit(event);
      else if (event.type !== 'progress' && event.type !== 'search') kept.push(event);
    };
  }

  /** Passes on what runs told that are over and whose turn will not come, since one before them failed. */
  flush(): void {
    for (const [index, events] of this.#kept) {
      if (this.#ended.has(index)) for (const event of events.splice(0)) this.#emit(event);
    }
  }

  /** The run of this number is over. */
  end(index: number): void {
    this.#ended.add(index);
    while (this.#ended.has(this.#turn)) {
      this.#turn += 1;
      for (const event of this.#kept.get(this.#turn)?.splice(0) ?? []) this.#emit(event);
    }
  }
}
