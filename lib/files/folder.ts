import { mkdirSync, realpathSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../base/errors.js';
import { behindLink, linkAt } from './look.js';
import { systemError } from './trouble.js';

/**
 * Makes a folder and those above it, where there are none; a link to a folder that is not there yet leads to the new one.
 * Node's own `mkdir -p` does not follow such links, and calls a read-only disk ENOENT.
 */
export function makeFolder(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found) throw systemError('ENOTDIR', `${path} is not a folder`);
  const link = linkAt(path);
  if (link === null) {
    makeFolder(dirname(path));
    makeOne(path);
  } else {
    makeFolder(behindLink(realpathSync.native(dirname(path)), link));
  }
}

/** Another process may be making it at the same time. */
function makeOne(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
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
