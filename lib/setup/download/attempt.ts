import { type FileHandle, open } from 'node:fs/promises';
import { STATUS_CODES } from 'node:http';
import { type Dispatcher, request } from 'undici';
import { ClTorchError } from '../../base/errors.js';
import type { DownloadOptions } from './options.js';
import { findPart, type Part, partPath, removePart, resetPart } from './part.js';
import { writing } from './writing.js';

const PROGRESS_INTERVAL_MS = 100;
/** Worth another try although the server answered: timeouts, "slow down", and everything from 500 up. */
const TRANSIENT_STATUS: readonly number[] = [408, 425, 429];

/**
 * One connection: brings the part file of `options.to` as far as it can. Returns when the part is whole.
 * Throws a ClTorchError when another try is useless, any other error when it may help.
 */
export async function fetchPart(options: DownloadOptions, dispatcher: Dispatcher): Promise<void> {
  const { url, to, signal } = options;
  const part = await findPart(to, url);
  if (part !== null && part.size === part.total) return;

  const response = await request(url, {
    dispatcher,
    signal: signal ?? null,
    headers: part?.validator ? { range: `bytes=${part.size}-`, 'if-range': part.validator } : {},
  });
  try {
    await receive(options, part, response);
  } finally {
    response.body.on('error', () => undefined).destroy(); // What it still says is of no interest.
  }
}

async function receive(
  options: DownloadOptions,
  part: Part | null,
  { statusCode, headers, body }: Dispatcher.ResponseData,
): Promise<void> {
  const { to, url } = options;
  if (statusCode === 206 && part !== null) {
    if (rangeStart(headers) !== part.size) {
      await removePart(to);
      throw new Error('the server sent another range than the one asked for');
    }
    return append(options, body, part.size, part.total);
  }
  if (statusCode === 200) {
    const length = header(headers, 'content-length');
    const total = length === null ? null : Number(length);
    await writing(to, () => resetPart(to, { url, validator: validator(headers), total }));
    return append(options, body, 0, total);
  }
  const reason = `HTTP ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trimEnd();
  if (statusCode === 416) await removePart(to); // The part is longer than the file is now.
  if (statusCode === 416 || statusCode >= 500 || TRANSIENT_STATUS.includes(statusCode))
    throw new Error(reason);
  throw new ClTorchError(
    'DOWNLOAD_FAILED',
    `Cannot download ${url}: the server answered ${reason}. Check that the address is right and, ` +
      'behind a proxy, that HTTPS_PROXY is.',
  );
}

async function append(
  { to, onProgress }: DownloadOptions,
  body: AsyncIterable<Uint8Array>,
  start: number,
  total: number | null,
): Promise<void> {
  await using file: FileHandle = await writing(to, () => open(partPath(to), 'a'));
  const began = performance.now();
  let received = start;
  let reported = began;
  const report = (): void => {
    reported = performance.now();
    const seconds = Math.max((reported - began) / 1000, 0.001);
    onProgress?.({ received, total, bytesPerSecond: (received - start) / seconds });
  };
  for await (const chunk of body) {
    await writing(to, () => file.appendFile(chunk));
    received += chunk.length;
    if (performance.now() - reported >= PROGRESS_INTERVAL_MS) report();
  }
  if (total !== null && received !== total) {
    throw new Error(`the connection closed after ${received} of ${total} bytes`);
  }
  report();
}

/** What If-Range may compare: a strong ETag, else the date. A weak ETag is not allowed there (RFC 9110, 13.1.5). */
function validator(headers: Dispatcher.ResponseData['headers']): string | null {
  const etag = header(headers, 'etag');
  return etag !== null && !etag.startsWith('W/') ? etag : header(headers, 'last-modified');
}

function rangeStart(headers: Dispatcher.ResponseData['headers']): number | null {
  const match = /^bytes (\d+)-/.exec(header(headers, 'content-range') ?? '');
  return match?.[1] === undefined ? null : Number(match[1]);
}

function header(headers: Dispatcher.ResponseData['headers'], name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}
