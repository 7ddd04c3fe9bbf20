import '../base/symbols.js';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { path, reading } from '../base/arguments.js';
import { codeOf } from '../base/errors.js';
import { makeFolder } from '../files/index.js';
import type { RunEvent } from '../runs/types.js';
import { attempt, GrowingFile } from './file.js';
import { type RunLog, requireEvent } from './run-log.js';
import { scalarEvent, versionEvent } from './tensorboard/event.js';
import { frame } from './tensorboard/record.js';
import { RunScalars } from './tensorboard/scalars.js';

const FLAG = '--tensorboard';

/**
 * Writes the numbers of runs for TensorBoard: `tensorboard --logdir DIR`. Each run has a folder of its own,
 * `DIR/STRATEGY-seedN`, with `-2`, `-3`, … after it where there is one already (docs/events.md lists the curves).
 *
 * @throws {ClTorchError} OUTPUT_FAILED when the folder cannot be made or takes no files.
 */
export function openTensorBoardLog(place: string): RunLog {
  const directory = path(place, 'openTensorBoardLog: directory');
  attempt(directory, FLAG, () => {
    makeFolder(directory);
    accessSync(directory, constants.W_OK | constants.X_OK);
  });
  return new TensorBoardLog(directory);
}

class TensorBoardLog implements RunLog {
  readonly #directory: string;
  #file: GrowingFile | undefined;
  #scalars = new RunScalars();

  constructor(directory: string) {
    this.#directory = directory;
  }

  write(event: RunEvent): void {
    requireEvent(event);
    if (event.type === 'start') this.#begin(event);
    const now = Date.now() / 1000;
    const records = reading('write: the event', () =>
      this.#scalars
        .of(event)
        .map(({ secondsAgo, ...scalar }) => frame(scalarEvent(now - secondsAgo, scalar))),
    );
    if (records.length > 0) this.#file?.append(Buffer.concat(records));
    if (event.type === 'end') this.close();
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  #begin({ strategy, config }: Extract<RunEvent, { type: 'start' }>): void {
    const name = reading('write: the event', () => `${strategy}-seed${config.seed}`.replaceAll('/', '-'));
    this.close();
    const folder = attempt(this.#directory, FLAG, () => makeNewFolder(join(this.#directory, name)));
    const now = Date.now() / 1000;
    const file = `events.out.tfevents.${Math.floor(now)}.${hostname()}.${process.pid}.0`;
    this.#file = GrowingFile.open(join(folder, file), 'ax', FLAG);
    this.#file.append(frame(versionEvent(now)));
    this.#scalars = new RunScalars();
  }
}

/** Makes `path`, or where there is one `path-2` and so on; of two processes each gets its own. */
function makeNewFolder(path: string): string {
  for (let number = 1; ; ++number) {
    const folder = number === 1 ? path : `${path}-${number}`;
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}
