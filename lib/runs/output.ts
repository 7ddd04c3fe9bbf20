import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClTorchError, codeOf, messageOf } from '../base/errors.js';
import { encoded } from '../checkpoint/trouble.js';
import { shellWord } from '../config/command-line.js';
import type { ExperimentConfig } from '../config/types.js';
import { exists, parseJson, removeTemporaries, writeFileAtomic } from '../files/index.js';
import { type Release, takeLock } from '../files/lock.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.js';
import {
  CHECKPOINT,
  CONFIG,
  folderSubject,
  folderTrouble,
  LOCK,
  MODEL,
  makeOutputFolder,
  REPORT,
  RESULT,
  writeJson,
} from './folder.js';
import type { RunResult } from './types.js';

/** What a stopped run has left. */
export interface BegunRun {
  /** As it was read; its keys and values are still to be checked. */
  readonly config: object;
  readonly checkpoint?: Checkpoint | undefined;
}

/** The folder of one run, which one process at a time works in: from {@link OutputDirectory.open} to {@link close}. */
export class OutputDirectory {
  readonly #path: string;
  readonly #release: Release;

  private constructor(path: string, release: Release) {
    this.#path = path;
    this.#release = release;
  }

  /**
   * Makes the folder when it is missing, and keeps other processes out of it.
   * @param signal - Ends the wait for a process elsewhere of which only time tells whether it still works there.
   * @throws {ClTorchError} RUN_IN_USE, naming the other process; OUTPUT_FAILED when nothing can be written there.
   */
  static async open(path: string, signal: AbortSignal | undefined): Promise<OutputDirectory> {
    const onAlive = (holder: string): never => {
      throw inUse(path, holder);
    };
    const onWait = (holder: string): void => void process.stderr.write(silent(path, holder));
    makeOutputFolder(path);
    try {
      return new OutputDirectory(path, await takeLock(join(path, LOCK), { onAlive, onWait, signal }));
    } catch (error) {
      throw folderTrouble(path, error);
    }
  }

  /** Lets other processes work in the folder. */
  async close(): Promise<void> {
    await this.#release();
  }

  /** Throws OUTPUT_FAILED when the folder holds a run already. */
  async requireVacant(): Promise<void> {
    for (const file of [CONFIG, RESULT, CHECKPOINT]) {
      if (this.#has(file)) throw occupied(this.#path);
    }
  }

  /** Takes the folder for a new run; an earlier one's files go. */
  async claim(config: ExperimentConfig): Promise<void> {
    await this.#attempt(async () => {
      for (const file of [CHECKPOINT, MODEL, RESULT, REPORT, CONFIG])
        await rm(this.#file(file), { force: true });
    });
    await writeJson(this.#path, CONFIG, config);
  }

  async writeResult(result: RunResult): Promise<void> {
    await writeJson(this.#path, RESULT, result);
  }

  async writeCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const bytes = encoded(this.#file(CHECKPOINT), 'checkpoint', () => encodeCheckpoint(checkpoint));
    await this.#write(CHECKPOINT, bytes);
  }

  async writeModel(bytes: Uint8Array): Promise<void> {
    await this.#write(MODEL, bytes);
  }

  /**
   * What the run in the folder goes on with: its last checkpoint, or its configuration alone when it was stopped before
   * the first one.
   * @throws {ClTorchError} FILE_NOT_FOUND when the run is complete and has no checkpoint; DIVERGED when it ended so; what
   * {@link decodeCheckpoint} throws.
   */
  async begun(): Promise<BegunRun> {
    await this.#attempt(() => removeTemporaries(this.#path));
    await this.#requireFinite();
    const bytes = await this.#read(CHECKPOINT);
    if (bytes) {
      const checkpoint = decodeCheckpoint(bytes, this.#file(CHECKPOINT));
      return { config: checkpoint.config, checkpoint };
    }
    const result = await this.#readJson(RESULT);
    if (result && 'status' in result && result.status === 'completed') throw complete(this.#path);
    return { config: (await this.#readJson(CONFIG)) ?? {} };
  }

  /** A checkpoint is from before a divergence: from there the same would come again. */
  async #requireFinite(): Promise<void> {
    const result = await this.#readJson(RESULT).catch(() => undefined); // without it the checkpoint tells all
    if (result && 'status' in result && result.status === 'diverged') throw diverged(this.#path);
  }

  #file(name: string): string {
    return join(this.#path, name);
  }

  /** What this user may not see counts as there: reading it says why it cannot be read. */
  #has(name: string): boolean {
    return exists(this.#file(name));
  }

  async #read(name: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#file(name));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw new ClTorchError(
        'OUTPUT_FAILED',
        `Cannot read '${this.#file(name)}': ${messageOf(error)}. Check its permissions.`,
        { cause: error },
      );
    }
  }

  async #readJson(name: string): Promise<object | undefined> {
    const bytes = await this.#read(name);
    if (!bytes) return undefined;
    try {
      const value = parseJson(bytes);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // as for what is no object
    }
    throw new ClTorchError(
      'FILE_DAMAGED',
      `'${this.#file(name)}' holds no JSON object. Restore it from a copy, or start the run anew with --force.`,
    );
  }

  async #write(name: string, content: string | Uint8Array): Promise<void> {
    await writeFileAtomic(this.#file(name), content, folderSubject(this.#path));
  }

  async #attempt(write: () => Promise<unknown>): Promise<void> {
    await write().catch((error: unknown) => {
      throw folderTrouble(this.#path, error);
    });
  }
}

/** Said once, while the wait for another host's lock goes on. */
function silent(path: string, holder: string): string {
  return (
    `cl-torch: the run in '${path}' belongs to ${holder}, which gives no sign of life; ` +
    'waiting up to a minute to be sure before taking it over.\n'
  );
}

function occupied(path: string): ClTorchError {
  return new ClTorchError(
    'OUTPUT_FAILED',
    `The output folder '${path}' already holds a run. Go on with it by \`cl-torch resume ${shellWord(path)}\`, name another ` +
      'folder with --out, or replace it with --force.',
  );
}

function inUse(path: string, holder: string): ClTorchError {
  return new ClTorchError(
    'RUN_IN_USE',
    `The run in '${path}' belongs to ${holder}, which is working on it. Wait for it or stop it, or name another folder.`,
  );
}

function diverged(path: string): ClTorchError {
  return new ClTorchError(
    'DIVERGED',
    `The run in '${path}' diverged, and would do so again at the same step. What was finished is in its result.json. Run ` +
      'it anew into another folder, or here with --force: with a smaller --learning-rate, or with --on-nan continue.',
  );
}

function complete(path: string): ClTorchError {
  return new ClTorchError(
    'FILE_NOT_FOUND',
    `The run in '${path}' is complete and has no checkpoint file: there is nothing to go on with.`,
  );
}
