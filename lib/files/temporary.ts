import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, machineTag } from './process.js';

const NAME = /^\.cl-torch-([0-9a-z]{8})-(\d+)-[0-9a-f]{12}\.tmp$/;
/** Whoever writes a file for a day without a byte of progress is gone. */
const ABANDONED_MS = 86_400_000;

/**
 * A new name in the folder that says which process it belongs to. It is short whatever the name of the file that it
 * will be, so that every name which a file system takes can be written.
 */
export function temporaryPath(folder: string): string {
  return join(folder, `.cl-torch-${machineTag()}-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
}

/** The clock of the disk that holds the folder, in milliseconds since 1970; another host's may go differently. */
export async function diskClock(folder: string): Promise<number> {
  const path = temporaryPath(folder);
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'wx');
    return (await file.stat()).mtimeMs;
  } catch {
    return Date.now();
  } finally {
    await file?.close();
    await rm(path, { force: true }).catch(() => {});
  }
}

/**
 * Removes what processes that were killed while they wrote in this folder left there. What a living process writes
 * stays: of this machine the process table tells, of others only a day without a change.
 */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, tag, pid] = NAME.exec(name) ?? [];
    if (tag === undefined) continue;
    const path = join(folder, name);
    const isLeft = tag === machineTag() ? !isRunning(Number(pid)) : await isAbandoned(path, folder);
    if (isLeft) await rm(path, { force: true });
  }
}

async function isAbandoned(path: string, folder: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && (await diskClock(folder)) - found.mtimeMs > ABANDONED_MS;
}
