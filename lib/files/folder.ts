import { mkdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../errors.js';

/**
 * Makes a folder and those above it, where there are none.
 * Node's error names the true reason: `mkdir -p` itself calls a read-only disk ENOENT, and a file in the way EEXIST.
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') statSync(`${path}/`);
    if (codeOf(error) !== 'ENOENT') throw error;
    mkdirSync(firstMissing(path));
    makeFolder(path);
  }
}

function firstMissing(path: string): string {
  const above = dirname(path);
  if (above === path) return path;
  return statSync(above, { throwIfNoEntry: false }) ? path : firstMissing(above);
}

/**
 * Makes a renaming in the folder outlast a power cut, where the file system can. Some cannot open a folder or write
 * one out; the renaming is done all the same.
 */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // as above
  }
}
