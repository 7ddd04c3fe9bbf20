import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { ClTorchError } from '../../base/errors.js';
import { cacheDir } from '../../base/paths.js';
import type { Notices } from './notices.js';
import { unzip } from './unzip.js';

export interface ArchiveOptions {
  readonly url: string;
  /** SHA-256 the archive must have; null trusts the connection. */
  readonly sha256: string | null;
  readonly notices: Notices;
  readonly signal?: AbortSignal | undefined;
  /** Passed on to the downloader. */
  readonly stallMs?: number | undefined;
  readonly retries?: number | undefined;
}

/** Folder, inside what {@link unpackArchive} fills, that holds include/ and lib/. */
export const ARCHIVE_ROOT = 'libtorch';

const WANTED = /^libtorch\/(include\/(ATen|c10|torch)\/|lib\/[^/]+\.so\b|build-version$)/;

/**
 * Downloads an official LibTorch archive (resumable), checks it and unpacks the files that building and running
 * need into `into`.
 * @returns the SHA-256 of the archive.
 * @throws DOWNLOAD_FAILED, CHECKSUM_MISMATCH; ABORTED by the signal.
 */
export async function unpackArchive(into: string, options: ArchiveOptions): Promise<Record<string, string>> {
  const { url, notices, signal } = options;
  const to = cacheDir('downloads', `libtorch-${urlTag(url)}.zip`);
  notices.line(`Downloading ${url}`);
  const { downloadFile } = await import('../download/http.js'); // every start would wait for its client to load
  const { sha256 } = await downloadFile({
    url,
    to,
    ...(options.sha256 === null ? {} : { sha256: options.sha256 }),
    ...(signal ? { signal } : {}),
    ...(options.stallMs === undefined ? {} : { stallMs: options.stallMs }),
    ...(options.retries === undefined ? {} : { retries: options.retries }),
    onProgress: ({ received, total, bytesPerSecond }) =>
      notices.progress('LibTorch archive', received, total, bytesPerSecond),
  });
  try {
    notices.line(
      options.sha256 === null
        ? `SHA-256 ${sha256}: PyTorch publishes none for its archives, so this one was trusted through TLS alone (CL_TORCH_LIBTORCH_SHA256 pins it).`
        : `SHA-256 ${sha256}: as demanded.`,
    );
    notices.line('Unpacking the LibTorch archive');
    const files = await unzip(to, into, (name) => WANTED.test(name), signal);
    if (files === 0) {
      throw new ClTorchError(
        'DOWNLOAD_FAILED',
        `${url} is no LibTorch archive: it has no folder ${ARCHIVE_ROOT}/ with include/ and lib/.`,
      );
    }
  } finally {
    await rm(to, { force: true });
  }
  return { [url]: sha256 };
}

/** Short name for what comes from one address. */
export function urlTag(url: string): string {
  return createHash('sha256').update(url).digest('hex').slice(0, 12);
}
