import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ReadEntry } from 'tar';
import { ClTorchError, codeOf, isClTorchError, messageOf } from '../../base/errors.js';
import { aborted } from '../../base/signals.js';
import { inspect } from './gzip.js';

const CHUNK = 1 << 20;
/** No file of a data set that is read from an archive has more bytes. */
const MOST_BYTES = 2 ** 30;

/** What is wanted of an archive. */
export interface TarVisit {
  /** Whether a file is wanted; `name` is its path in the archive. */
  readonly wants: (name: string) => boolean;
  /** Is given each wanted file, in the archive's order; the archive waits until it is done. */
  readonly take: (name: string, bytes: Buffer) => void | Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a tar archive, gzipped or not (its first bytes decide, not its name), once from its beginning to its end; nothing is
 * written to disk.
 *
 * @returns the SHA-256 of the archive as it lies on disk.
 * @throws {ClTorchError} DATA_INVALID for what is no archive, is cut off or damaged; ABORTED; what `take` throws.
 */
export async function readTar(file: string, { wants, take, signal }: TarVisit): Promise<string> {
  const hash = createHash('sha256');
  try {
    const { gzipped } = await inspect(file);
    const source = createReadStream(file, { highWaterMark: CHUNK });
    const read = (chunks: AsyncIterable<Buffer>): Promise<void> => readMembers(chunks, wants, take);
    const options = signal ? { signal } : {};
    if (gzipped) {
      await pipeline(source, hashing(hash), createGunzip({ chunkSize: CHUNK }), read, options);
    } else {
      await pipeline(source, hashing(hash), read, options);
    }
  } catch (error) {
    if (signal?.aborted) throw aborted(signal);
    throw isClTorchError(error) ? error : unreadable(file, error);
  }
  return hash.digest('hex');
}

function hashing(hash: Hash): (chunks: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  return async function* (chunks) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
}

async function readMembers(
  chunks: AsyncIterable<Buffer>,
  wants: TarVisit['wants'],
  take: TarVisit['take'],
): Promise<void> {
  const { Parser } = await import('tar'); // which no command needs that reads no archive
  const complete: { name: string; bytes: Buffer }[] = [];
  let failure: unknown;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => collect(entry, wants, complete),
  });
  parser.on('error', (error: unknown) => {
    failure ??= error;
  });
  const takeAll = async (): Promise<void> => {
    if (failure !== undefined) throw failure;
    for (const { name, bytes } of complete.splice(0)) await take(name, bytes);
  };
  for await (const chunk of chunks) {
    parser.write(chunk);
    await takeAll();
  }
  parser.end();
  await takeAll();
}

function collect(
  entry: ReadEntry,
  wants: TarVisit['wants'],
  complete: { name: string; bytes: Buffer }[],
): void {
  const isFile = entry.type === 'File' || entry.type === 'OldFile';
  if (!isFile || !wants(entry.path)) {
    entry.resume();
    return;
  }
  if (entry.size > MOST_BYTES) throw new Error(`${entry.path} in it has ${entry.size} bytes, too many`);
  const chunks: Buffer[] = [];
  entry.on('data', (chunk: Buffer) => chunks.push(chunk));
  entry.on('end', () => complete.push({ name: entry.path, bytes: Buffer.concat(chunks) }));
}

function unreadable(file: string, error: unknown): ClTorchError {
  const isDamaged = /^(Z_|TAR_)/.test(codeOf(error) ?? '');
  const problem = isDamaged
    ? `is no tar archive, or a damaged or cut off one (${messageOf(error)}). Get the file again.`
    : `cannot be read: ${messageOf(error)}.`;
  return new ClTorchError('DATA_INVALID', `${file} ${problem}`, { cause: error });
}
