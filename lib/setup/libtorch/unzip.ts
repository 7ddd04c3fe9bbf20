import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { ClTorchError, messageOf } from '../../base/errors.js';

const SYMBOLIC_LINK = 0o120000;
const FILE_TYPE = 0o170000;

/**
 * Unpacks the files of a zip archive (a wheel is one) whose names `wanted` accepts into the folder `into`,
 * one at a time, as streams. Names that lead out of the folder are refused, and so are symbolic links.
 * @returns the number of files written.
 * @throws DOWNLOAD_FAILED when the archive is damaged or refused.
 */
export async function unzip(
  file: string,
  into: string,
  wanted: (name: string) => boolean,
  signal?: AbortSignal,
): Promise<number> {
  try {
    const zip = await openPromise(file);
    let files = 0;
    const folders = new Set<string>();
    // yauzl itself refuses absolute names, drive letters and `..`, and checks each file's size.
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/') || !wanted(entry.fileName)) continue;
      if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK) {
        throw new Error(`${entry.fileName} is a symbolic link`);
      }
      await writeEntry(zip, entry, join(into, entry.fileName), folders, signal);
      files += 1;
    }
    return files;
  } catch (error) {
    signal?.throwIfAborted();
    throw new ClTorchError('DOWNLOAD_FAILED', `Cannot unpack ${file}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

async function writeEntry(
  zip: ZipFile,
  entry: Entry,
  to: string,
  folders: Set<string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const folder = dirname(to);
  if (!folders.has(folder)) {
    await mkdir(folder, { recursive: true });
    folders.add(folder);
  }
  await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(to), signal ? { signal } : {});
}
