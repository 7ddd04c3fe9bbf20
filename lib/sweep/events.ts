import type { RunEvent } from '../runs/types.js';

/** A queue between a run that emits and a loop that reads. A newer progress event replaces one not yet read. */
export class EventQueue {
  readonly #events: RunEvent[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  push(event: RunEvent): void {
    if (event.type === 'progress' && this.#events.at(-1)?.type === 'progress') this.#events.pop();
    this.#events.push(event);
    this.#wake?.();
  }

  /** No event will follow. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Every event in order, until the end. For one reader. */
  async *read(): AsyncGenerator<RunEvent, void, void> {
    for (;;) {
      const event = this.#events.shift();
      if (event) {
        yield event;
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
