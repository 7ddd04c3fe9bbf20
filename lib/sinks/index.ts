import '../base/symbols.js';
import type { RunEvent } from '../runs/types.js';
import { openEventLog } from './event-log.js';
import type { RunLog } from './run-log.js';
import { openTensorBoardLog } from './tensorboard.js';

/** Where to write what a run tells; what is left out is not written. */
export interface LogPlaces {
  /** A file, for {@link openEventLog}. */
  readonly events?: string | undefined;
  /** A folder, for {@link openTensorBoardLog}. */
  readonly tensorboard?: string | undefined;
}

/** The logs named, as one. Throws OUTPUT_FAILED when one of them cannot be written. */
export function openLogs({ events, tensorboard }: LogPlaces): RunLog {
  const logs = [
    ...(events === undefined ? [] : [openEventLog(events)]),
    ...(tensorboard === undefined ? [] : [openTensorBoardLog(tensorboard)]),
  ];
  const close = (): void => {
    for (const log of logs) log.close();
  };
  const write = (event: RunEvent): void => {
    for (const log of logs) log.write(event);
  };
  return { write, close, [Symbol.dispose]: close, [Symbol.asyncDispose]: async () => close() };
}

export { openEventLog } from './event-log.js';
export type { RunLog } from './run-log.js';
export { openTensorBoardLog } from './tensorboard.js';
