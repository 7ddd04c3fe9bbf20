import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ClTorchError } from '../base/errors.js';
import { shellWord } from '../config/command-line.js';
import { exists, lookAt, makeFolder, outputFailed, type Subject, writeFileAtomic } from '../files/index.js';

/** A run's files; each is replaced at once, so that there is always a whole one. */
export const CONFIG: string = 'config.json';
export const RESULT: string = 'result.json';
export const CHECKPOINT: string = 'checkpoint.safetensors';
export const MODEL: string = 'model.safetensors';
/** The command line draws it after the run; it would show another run's numbers. */
export const REPORT: string = 'report.html';
export const LOCK: string = 'run.lock';

/** Makes an output folder where it is missing. Throws OUTPUT_FAILED. */
export function makeOutputFolder(path: string): void {
  try {
    makeFolder(path);
  } catch (error) {
    throw folderTrouble(path, error);
  }
}

/** Replaces a JSON file in an output folder at once. */
export function writeJson(folder: string, name: string, value: object): Promise<void> {
  return writeFileAtomic(join(folder, name), `${JSON.stringify(value, null, 2)}\n`, folderSubject(folder));
}

/** What went wrong with an output folder, in words for people. */
export function folderTrouble(path: string, error: unknown): ClTorchError {
  return outputFailed(error, folderSubject(path));
}

export function folderSubject(path: string): Subject {
  return {
    what: `Cannot write to the output folder '${path}'`,
    elsewhere: 'name another folder with --out',
  };
}

/** Whether a run began in the folder. */
export function hasBegun(path: string): boolean {
  return lookAt(join(path, CONFIG)) === 'file';
}

/**
 * What this user may not see counts as there: reading it says why it cannot be read.
 * @throws {ClTorchError} FILE_NOT_FOUND when there is no run in the folder that could be resumed.
 */
export async function requireRun(path: string): Promise<void> {
  if ([CHECKPOINT, CONFIG].some((name) => exists(join(path, name)))) return;
  const within = await readdir(path).catch(() => []);
  const runs = within.filter((name) => exists(join(path, name, CONFIG))).sort();
  const remedy =
    runs.length === 0
      ? 'Name the folder that was given with --out.'
      : `It holds other runs (${runs.join(', ')}); name one: cl-torch resume ${shellWord(join(path, runs[0] ?? ''))}`;
  throw new ClTorchError(
    'FILE_NOT_FOUND',
    `There is no run in '${path}': neither ${CHECKPOINT} nor ${CONFIG}. ${remedy}`,
  );
}

/**
 * For a folder in which several runs shall have theirs.
 * @throws {ClTorchError} OUTPUT_FAILED when it is the folder of one run.
 */
export function requireNoRun(path: string): void {
  if (![CONFIG, RESULT, CHECKPOINT].some((name) => lookAt(join(path, name)) === 'file')) return;
  throw new ClTorchError(
    'OUTPUT_FAILED',
    `The output folder '${path}' is that of one run, and the folders of several would lie among its files. Name another ` +
      'folder with --out.',
  );
}
