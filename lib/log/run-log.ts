import type { RunEvent } from '../experiment/types.js';

/** Writes down what runs tell, one run or several, one after the other. Pass each event to `write`. */
export interface RunLog extends Disposable, AsyncDisposable {
  /** @throws {ClTorchError} OUTPUT_FAILED when it cannot be written. */
  write(event: RunEvent): void;
  /** Idempotent. */
  close(): void;
}
