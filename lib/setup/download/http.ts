import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, EnvHttpProxyAgent, interceptors } from 'undici';
import { ClTorchError, codeOf, isClTorchError, messageOf } from '../../base/errors.js';
import { fetchPart } from './attempt.js';
import { hashFile } from './hash.js';
import { isOffline } from './offline.js';
import type { DownloadOptions } from './options.js';
import { partPath, partSize, removePart, removeState } from './part.js';
import { writing } from './writing.js';

export type { DownloadOptions, DownloadProgress } from './options.js';

const STALL_MS = 30_000;
const RETRIES = 3;
const REDIRECTS = 5;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Downloads a file: streamed to `<to>.part`, continued with Range and If-Range where an earlier attempt stopped,
 * tried again after a dropped or silent connection or a 408, 429 or 5xx answer, checked, then renamed to `to`, which
 * therefore only ever holds a whole file. Honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Not safe for two callers with
 * the same `to` at a time: take a lock.
 *
 * @returns the digest of the whole file and its size.
 * @throws ClTorchError `DOWNLOAD_FAILED`; `CHECKSUM_MISMATCH` (what was received is deleted); `ABORTED` by the signal;
 *   `OFFLINE` when CL_TORCH_OFFLINE forbids it; `OUTPUT_FAILED` when the file cannot be written;
 *   `INVALID_ARGUMENT` for an address, or a proxy's, that is not http(s).
 */
export async function downloadFile(options: DownloadOptions): Promise<{ sha256: string; bytes: number }> {
  requireUsableUrl(options.url);
  const agent = openAgent(options.stallMs ?? STALL_MS);
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: REDIRECTS }));
  try {
    await writing(options.to, () => mkdir(dirname(options.to), { recursive: true }));
    await fetchWithRetries(options, dispatcher);
    return await finish(options);
  } finally {
    await agent.destroy();
  }
}

function openAgent(stallMs: number): EnvHttpProxyAgent {
  try {
    return new EnvHttpProxyAgent({
      headersTimeout: stallMs,
      bodyTimeout: stallMs,
      connect: { timeout: stallMs },
      proxyTunnel: false, // Many proxies allow CONNECT to port 443 only; https: is tunnelled all the same.
    });
  } catch (error) {
    throw new ClTorchError(
      'INVALID_ARGUMENT',
      `The proxy settings cannot be used: ${messageOf(error)}. Set HTTP_PROXY and HTTPS_PROXY to an address ` +
        'such as http://proxy.example:3128, or unset them.',
      { cause: error },
    );
  }
}

function requireUsableUrl(url: string): void {
  if (!URL.canParse(url) || !['http:', 'https:'].includes(new URL(url).protocol)) {
    throw new ClTorchError('INVALID_ARGUMENT', `Not an http: or https: address: "${url}". Give a full URL.`);
  }
  if (isOffline()) {
    throw new ClTorchError(
      'OFFLINE',
      `${url} is needed, but CL_TORCH_OFFLINE=${process.env.CL_TORCH_OFFLINE} forbids using the network. ` +
        'Unset CL_TORCH_OFFLINE to allow the download.',
    );
  }
}

async function fetchWithRetries(options: DownloadOptions, dispatcher: Dispatcher): Promise<void> {
  const { url, to, signal, retries = RETRIES } = options;
  let furthest = await partSize(to);
  for (let failures = 0; ; ) {
    try {
      signal?.throwIfAborted();
      return await fetchPart(options, dispatcher);
    } catch (error) {
      if (signal?.aborted) throw aborted(url, error);
      if (isClTorchError(error)) throw error;
      const size = await partSize(to);
      if (size > furthest) failures = 0;
      furthest = Math.max(furthest, size);
      if (failures === retries) throw gaveUp(options, error);
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
      failures += 1;
      await sleep(pause, undefined, signal ? { signal } : {}).catch(() => undefined); // Aborted: seen at once above.
    }
  }
}

async function finish({ to, url, sha256 }: DownloadOptions): Promise<{ sha256: string; bytes: number }> {
  const part = partPath(to);
  const found = await hashFile(part);
  if (sha256 !== undefined && sha256.toLowerCase() !== found) {
    await removePart(to);
    throw mismatch(url, sha256.toLowerCase(), found);
  }
  const bytes = await partSize(to);
  await writing(to, async () => {
    await flush(part); // Else a power cut soon after the rename could leave an empty file under the final name.
    await rename(part, to);
    await removeState(to);
  });
  return { sha256: found, bytes };
}

async function flush(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.sync();
}

function mismatch(url: string, expected: string, found: string): ClTorchError {
  return new ClTorchError(
    'CHECKSUM_MISMATCH',
    `${url} has the wrong content: expected SHA-256 ${expected}, found ${found}. It was deleted. ` +
      'Try again; if the same digest comes back, a proxy or the server altered the file, so fetch it from elsewhere.',
  );
}

function aborted(url: string, cause: unknown): ClTorchError {
  return new ClTorchError(
    'ABORTED',
    `The download of ${url} was stopped. Start it again: it continues where it stopped.`,
    { cause },
  );
}

function gaveUp(
  { url, stallMs = STALL_MS, retries = RETRIES }: DownloadOptions,
  cause: unknown,
): ClTorchError {
  const silent = ['UND_ERR_BODY_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT'];
  const reason = silent.includes(codeOf(cause) ?? '') ? `no data for ${stallMs / 1000} s` : messageOf(cause);
  return new ClTorchError(
    'DOWNLOAD_FAILED',
    `Cannot download ${url}: ${reason}; ${retries} more tries got no further. Check the network connection ` +
      '(behind a proxy, set HTTPS_PROXY) and run the same command again: it continues where it stopped.',
    { cause },
  );
}
