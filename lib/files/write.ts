import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../base/errors.js';
import { writeSome } from './descriptor.js';
import { syncFolder } from './folder.js';
import { lookAt } from './look.js';
import { type Target, targetOf } from './target.js';
import { removeTemporaries, temporaryPath } from './temporary.js';
import { fileSubject, outputFailed, type Subject, systemError } from './trouble.js';

/** What the file system answers when the folder takes no new file, or the file cannot be renamed over. */
const NO_REPLACING = ['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV', 'ENAMETOOLONG'];
/** What a file system answers that has no such thing as owners, modes or a way to flush one file. */
const HAS_NONE = ['EPERM', 'EACCES', 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'];

const PAUSE_MS = 5;
/** Of writing a file in place while others do. */
const MOST_ATTEMPTS = 30;

/**
 * Writes a file so that a reader, or a power cut, finds the old content or the new one, never a part: also when others
 * write the same file at the same time, one of whom is the last. Folders that are missing are made.
 *
 * A symbolic link stays, and its target is written. A file keeps its mode and, as far as this user may say so, its
 * owner and group; a read-only one is refused. What is no regular file (a device, a named pipe, /dev/stdout) is written
 * to. Where the folder takes no new file, the old file is written in place, and put back when that fails.
 *
 * @throws {ClTorchError} OUTPUT_FAILED, which also says what became of a file that was there.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  subject: Subject = fileSubject(path),
): Promise<void> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  let target: Target | undefined;
  try {
    target = targetOf(path);
    await writeTo(target, bytes);
  } catch (error) {
    const cause = error instanceof PartlyWritten ? error.cause : error;
    const wasThere = target === undefined ? lookAt(path) === 'file' : target.kind === 'file';
    throw outputFailed(cause, subject, afterwards(wasThere, error));
  }
}

/** The file was written in place, and neither the new content nor the old one could be brought into it. */
class PartlyWritten extends Error {}

function afterwards(wasThere: boolean, error: unknown): string {
  if (error instanceof PartlyWritten) return 'The file that was there is damaged: restore it from a copy.';
  return wasThere ? 'The file that was there is as it was.' : '';
}

async function writeTo(target: Target, bytes: Uint8Array): Promise<void> {
  switch (target.kind) {
    case 'descriptor':
      return writeToDescriptor(target.descriptor, bytes);
    case 'stream': {
      const flags = constants.O_WRONLY | constants.O_TRUNC;
      return withFile(await open(target.path, flags), (file) => file.writeFile(bytes));
    }
    case 'new':
      return replace(target.path, bytes, undefined);
    case 'file':
      return replace(target.path, bytes, target.stats);
  }
}

/** Several processes may have the descriptor, and any of them may have made it one that does not wait. */
async function writeToDescriptor(descriptor: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const written = writeSome(descriptor, bytes.subarray(done));
    if (written === 0) await delay(PAUSE_MS);
    done += written;
  }
}

/** Folders in which this process has written and cleared away what killed ones left. */
const cleared = new Set<string>();

async function replace(path: string, bytes: Uint8Array, stats: Stats | undefined): Promise<void> {
  const folder = dirname(path);
  if (!cleared.has(folder)) await removeTemporaries(folder).catch(() => {}); // it may be closed, and is no matter
  cleared.add(folder);
  const temporary = temporaryPath(folder);
  try {
    await writeTemporary(temporary, bytes, stats);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    if (stats === undefined || !NO_REPLACING.includes(codeOf(error) ?? '')) throw error;
    return writeInPlace(path, bytes);
  }
  await syncFolder(folder);
}

/** @param like - The file that it will replace. Until it has that one's mode, nobody else may read it. */
async function writeTemporary(path: string, bytes: Uint8Array, like: Stats | undefined): Promise<void> {
  await withFile(await open(path, 'wx', like ? 0o600 : 0o666), async (file) => {
    await file.writeFile(bytes);
    if (like) await keepOwnerAndMode(file, like);
    await flush(file);
  });
}

async function keepOwnerAndMode(file: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  const made = await file.stat();
  const takes = (owner: number): Promise<boolean> =>
    file.chown(owner, gid).then(
      () => true,
      () => false,
    );
  const hasGroup =
    made.gid === gid && made.uid === uid ? true : (await takes(uid)) || (await takes(made.uid));
  // Another group than before gets no more than everybody.
  const wanted = hasGroup ? mode & 0o7777 : (mode & 0o707) | (mode & 0o070 & ((mode & 0o007) << 3));
  if ((made.mode & 0o7777) === wanted && hasGroup) return;
  await file.chmod(wanted).catch(unlessMissing);
}

/** The caller could write the file itself, if not make one beside it. */
async function writeInPlace(path: string, bytes: Uint8Array): Promise<void> {
  await withFile(await open(path, 'r+'), async (file) => {
    const before = await file.readFile();
    try {
      await overwriteAlone(path, file, bytes);
    } catch (error) {
      await overwrite(file, before).catch(() => {
        throw new PartlyWritten('', { cause: error });
      });
      throw error;
    }
  });
}

/**
 * Overwrites the file until it holds these bytes, also when others do the same with theirs: whoever writes last looks
 * last, and leaves no mixture.
 */
async function overwriteAlone(path: string, file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; ++attempt) {
    const began = performance.now();
    await overwrite(file, bytes);
    if (Buffer.compare(await readFile(path), bytes) === 0) return;
    await delay(Math.random() * attempt * (performance.now() - began + PAUSE_MS));
  }
  throw systemError('EBUSY', 'others write the file all the time');
}

/** A network's file system may tell only at the closing that there was no room. */
async function withFile(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file);
  } catch (error) {
    await file.close().catch(() => {});
    throw error;
  }
  await file.close();
}

/** Cuts the file off last: what the old content takes of a full disk is not given away before the new one is there. */
async function overwrite(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, done)).bytesWritten;
  }
  await file.truncate(bytes.length);
  await flush(file);
}

async function flush(file: FileHandle): Promise<void> {
  await file.sync().catch(unlessMissing);
}

function unlessMissing(error: unknown): void {
  if (!HAS_NONE.includes(codeOf(error) ?? '')) throw error;
}
