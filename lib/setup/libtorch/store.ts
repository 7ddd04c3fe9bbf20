import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ClTorchError } from '../../base/errors.js';
import { cacheDir } from '../../base/paths.js';
import { readJson, whyUnreadable } from '../../files/index.js';
import type { FetchSource } from './settings.js';
import type { Variant } from './variant.js';

const MARKER = 'cl-torch-libtorch.json';
const TEMPORARY = '.tmp-';

/** What an entry of the cache says about itself. It is written last, so an entry with one is complete. */
export interface Marker {
  readonly version: string;
  readonly variant: Variant;
  readonly source: FetchSource;
  /** Folder with include/ and lib/, relative to the entry. */
  readonly root: string;
  /** SHA-256 of each file it was unpacked from. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** Folder of a cache entry, such as `2.14.1-cpu-wheel`. */
export function entryDir(entry: string): string {
  return cacheDir('libtorch', entry);
}

/** Lock file that whoever changes the cache of LibTorch builds holds. */
export function storeLock(): string {
  return cacheDir('libtorch', '.lock');
}

/**
 * Root of the LibTorch in a complete entry; null when there is none. An entry that this user may not read is there all
 * the same: looking at its root says so.
 */
export async function readEntry(entry: string): Promise<string | null> {
  const file = join(entryDir(entry), MARKER);
  if (whyUnreadable(file) !== null) return entryDir(entry);
  try {
    const marker = (await readJson(file)) as Partial<Marker>;
    return marker.root === undefined ? null : join(entryDir(entry), marker.root);
  } catch {
    return null;
  }
}

/**
 * Makes a cache entry: `fill` unpacks into a temporary folder beside it, which takes the entry's name when the
 * marker is written. The caller holds {@link storeLock}. Whatever fails leaves no trace of an entry.
 * @returns the root of the new LibTorch.
 */
export async function installEntry(
  entry: string,
  fill: (folder: string) => Promise<Marker>,
): Promise<string> {
  await mkdir(cacheDir('libtorch'), { recursive: true });
  await removeLeftovers();
  const temporary = await makeTemporary(`${entry}-`);
  try {
    const marker = await fill(temporary);
    await writeFile(join(temporary, MARKER), `${JSON.stringify(marker, null, 2)}\n`);
    await rm(entryDir(entry), { recursive: true, force: true });
    await rename(temporary, entryDir(entry));
    return join(entryDir(entry), marker.root);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * A new folder in the cache of LibTorch builds. Unlike one of mkdtemp's it has the mode that the umask gives: what root
 * installs into a shared cache is there for everybody.
 */
export async function makeTemporary(prefix: string): Promise<string> {
  const folder = cacheDir('libtorch', `${TEMPORARY}${prefix}${randomBytes(6).toString('hex')}`);
  await mkdir(folder);
  return folder;
}

/** Temporary folders of processes that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(cacheDir('libtorch'))) {
    if (name.startsWith(TEMPORARY)) await rm(cacheDir('libtorch', name), { recursive: true, force: true });
  }
}

/**
 * Makes sure that the file system of the cache has room.
 * @throws DOWNLOAD_FAILED with the space there is, the space it takes and where to point the cache.
 */
export async function checkFreeSpace(bytes: number): Promise<void> {
  const folder = cacheDir('libtorch');
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytes) return;
  const gigabytes = (value: number): string => `${(value / 1e9).toFixed(1)} GB`;
  throw new ClTorchError(
    'DOWNLOAD_FAILED',
    `LibTorch needs ${gigabytes(bytes)} of free disk space while it is unpacked, and ${dirname(folder)} has ` +
      `${gigabytes(bavail * bsize)}. Free some, or set CL_TORCH_CACHE to a folder on a larger disk.`,
  );
}
