import { basename, dirname, join } from 'node:path';
import { ClTorchError, codeOf, messageOf } from '../base/errors.js';
import { withLock } from '../files/lock.js';
import { hashFile } from '../setup/download/hash.js';
import type { DownloadOptions, DownloadProgress } from '../setup/download/http.js';
import { writing } from '../setup/download/writing.js';
import { type DatasetName, knownDataset } from './catalog.js';
import { datasetCache } from './locate.js';

export interface DatasetProgress {
  /** Name of the file that is being received. */
  readonly file: string;
  /** Bytes of the whole data set received so far. */
  readonly received: number;
  /** Bytes of the whole data set. */
  readonly total: number;
  readonly bytesPerSecond: number;
}

export interface DatasetDownloadOptions {
  /** Aborting keeps what was received; the next call continues there. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DatasetProgress) => void) | undefined;
  /** Folders to fetch the files from, tried in order (default: the publishers' own). */
  readonly mirrors?: readonly string[] | undefined;
  /** How often each mirror is tried again when it gets no further (default 3). */
  readonly retries?: number | undefined;
}

/** What another mirror may do better. */
const MIRROR_FAILURES: readonly string[] = ['DOWNLOAD_FAILED', 'CHECKSUM_MISMATCH'];

/**
 * Downloads the files of a data set into the cache, each checked by its published SHA-256; those already there
 * and right are kept. A mirror that fails is followed by the next. Two processes at a time take turns.
 *
 * @returns the folder.
 * @throws ClTorchError `DOWNLOAD_FAILED` with every mirror's failure; `OFFLINE` when CL_TORCH_OFFLINE is set and a
 *   file is missing; `ABORTED`; `OUTPUT_FAILED`.
 */
export async function downloadDataset(
  name: DatasetName,
  options: DatasetDownloadOptions = {},
): Promise<string> {
  const { mirrors, places } = knownDataset(name);
  // What comes with this package is nowhere else.
  const shipped = mirrors.length === 0 && options.mirrors === undefined ? places[0]?.folder() : null;
  if (shipped) return shipped;
  const folder = datasetCache(name);
  const { signal } = options;
  const lock = join(folder, 'download.lock');
  try {
    await writing(folder, () => withLock(lock, () => downloadFiles(name, folder, options), { signal }));
  } catch (error) {
    if (!signal?.aborted || codeOf(error) === 'ABORTED') throw error;
    // The signal ended the wait for another process's download.
    throw new ClTorchError('ABORTED', `The download of ${name} was stopped.`, { cause: error });
  }
  return folder;
}

async function downloadFiles(
  name: DatasetName,
  folder: string,
  options: DatasetDownloadOptions,
): Promise<void> {
  const { downloads } = knownDataset(name);
  const total = downloads.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  for (const { name: file, bytes, sha256 } of downloads) {
    const onProgress = ({ received, bytesPerSecond }: DownloadProgress): void =>
      options.onProgress?.({ file, received: before + received, total, bytesPerSecond });
    const to = join(folder, file);
    if (!(await hasDigest(to, sha256)))
      await downloadFromMirrors(name, to, sha256, { ...options, onProgress });
    before += bytes;
  }
}

async function downloadFromMirrors(
  name: DatasetName,
  to: string,
  sha256: string,
  options: Pick<DownloadOptions, 'signal' | 'retries' | 'onProgress'> &
    Pick<DatasetDownloadOptions, 'mirrors'>,
): Promise<void> {
  const { mirrors = knownDataset(name).mirrors, ...rest } = options;
  const { downloadFile } = await import('../setup/download/http.js'); // loading its client takes a part of every start
  const failures: unknown[] = [];
  for (const mirror of mirrors) {
    try {
      await downloadFile({ ...rest, url: `${mirror.replace(/\/*$/, '/')}${basename(to)}`, to, sha256 });
      return;
    } catch (error) {
      if (!MIRROR_FAILURES.includes(codeOf(error) ?? '')) throw error;
      failures.push(error);
    }
  }
  throw new ClTorchError(
    'DOWNLOAD_FAILED',
    `No mirror gave ${basename(to)} of ${name}:\n${failures.map((error) => `  - ${messageOf(error)}`).join('\n')}\n` +
      `Or get the data set in another way and give its place with --data-dir, or put the published files into ${dirname(to)}.`,
    { cause: failures.at(-1) },
  );
}

async function hasDigest(file: string, sha256: string): Promise<boolean> {
  return (await hashFile(file).catch(() => null)) === sha256;
}
