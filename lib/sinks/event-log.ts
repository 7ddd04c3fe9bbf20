import '../base/symbols.js';
import { types } from 'node:util';
import { reading, path as readPath } from '../base/arguments.js';
import type { RunEvent } from '../runs/types.js';
import { GrowingFile } from './file.js';
import { type RunLog, requireEvent } from './run-log.js';

/** Of the lines' shape (docs/events.md). */
const VERSION = 2;

/**
 * Appends every event of a run to a file, as a line of JSON each (docs/events.md). What the file holds stays.
 *
 * @throws {ClTorchError} OUTPUT_FAILED when it cannot be opened for writing.
 * @example
 * using log = openEventLog('events.jsonl');
 * await runExperiment({ strategy: 'er' }, { onEvent: (event) => log.write(event) });
 */
export function openEventLog(place: string): RunLog {
  const path = readPath(place, 'openEventLog: path');
  const file = GrowingFile.open(path, 'a', '--events');
  return {
    write(event) {
      requireEvent(event);
      const line = reading('write: the event', () => eventLine(event, new Date()));
      file.append(Buffer.from(`${line}\n`));
    },
    close: () => file.close(),
    [Symbol.dispose]: () => file.close(),
    [Symbol.asyncDispose]: async () => file.close(),
  };
}

/** An event as a line of JSON, without its end. Numbers that are not finite become null. */
export function eventLine(event: RunEvent, time: Date): string {
  return JSON.stringify({ version: VERSION, time: time.toISOString(), ...event }, (_, value: unknown) => {
    if (types.isFloat32Array(value)) return Array.from(value, shortest);
    return types.isTypedArray(value) ? Array.from(value as Iterable<number | bigint>, Number) : value;
  });
}

/** Nine significant digits tell every float32 from its neighbours; the float64 it is here would print seventeen. */
function shortest(value: number): number {
  return Number(value.toPrecision(9));
}
