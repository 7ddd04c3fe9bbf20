import { object, readProperty, refused } from '../base/arguments.js';
import type { RunEvent } from '../runs/types.js';

/** Writes down what runs tell, one run or several, one after the other. Pass each event to `write`. */
export interface RunLog extends Disposable, AsyncDisposable {
  /** @throws {ClTorchError} OUTPUT_FAILED when it cannot be written; INVALID_ARGUMENT for what is no event. */
  write(event: RunEvent): void;
  /** Idempotent. */
  close(): void;
}

/** @throws {ClTorchError} INVALID_ARGUMENT for what is no event. */
export function requireEvent(event: unknown): void {
  const type = readProperty(object(event, 'write: the event'), 'type', 'write: the event');
  if (typeof type === 'string') return;
  throw refused('write: the event has no type. Pass each event of a run on, as it is.');
}
