import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ClTorchError } from '../../lib/base/errors.js';
import { type LibTorch, lineNotices, resolveLibTorch } from '../../lib/setup/libtorch/index.js';
import { dropAfter, rangeStart, sendFile, sendSome, serve } from '../support/http-server.js';
import { cleanEnvironment, fakeMembers, machine } from '../support/libtorch.js';
import { zip } from '../support/zip.js';

const archive = zip([
  ...fakeMembers('libtorch'),
  { name: 'libtorch/lib/libpadding.so', content: randomBytes(400_000) },
  { name: 'libtorch/lib/libprotobuf.a', content: 'not needed' },
]);
const sha256 = createHash('sha256').update(archive).digest('hex');

let cache: string;
let lines: string[];

beforeEach(() => {
  cache = cleanEnvironment();
  lines = [];
});
afterEach(() => vi.unstubAllEnvs());

function download(url: string, options: { sha256?: string; signal?: AbortSignal } = {}): Promise<LibTorch> {
  vi.stubEnv('CL_TORCH_LIBTORCH_URL', url);
  vi.stubEnv('CL_TORCH_LIBTORCH_SHA256', options.sha256 ?? sha256);
  return resolveLibTorch({
    machine: machine(),
    notices: lineNotices((line) => lines.push(line)),
    download: { stallMs: 300, retries: 1 },
    signal: options.signal,
  });
}

async function failure(promise: Promise<unknown>): Promise<ClTorchError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof ClTorchError)) throw new Error(`expected a failure, got ${JSON.stringify(error)}`);
  return error;
}

/** What lies in the folder of LibTorch builds: nothing but complete entries, whatever happened. */
function entries(): string[] {
  return existsSync(join(cache, 'libtorch')) ? readdirSync(join(cache, 'libtorch')) : [];
}

function partSize(): number {
  const part = readdirSync(join(cache, 'downloads')).find((name) => name.endsWith('.part'));
  return part === undefined ? 0 : statSync(join(cache, 'downloads', part)).size;
}

/** A failed download says all that was tried, and leaves no entry. */
function expectTrail(error: ClTorchError, reason: string | RegExp): void {
  expect(error.code).toBe('LIBTORCH_NOT_FOUND');
  for (const place of ['LIBTORCH:', 'cache:', 'system:']) expect(error.message).toContain(`  - ${place}`);
  expect(error.message).toMatch(/ {2}- download \(archive\): /);
  expect(error.message).toMatch(reason);
  expect(error.message).toMatch(/^ {2}1\. .*npx cl-torch build/m);
  expect(entries()).toEqual([]);
}

test('downloads, checks, unpacks what is needed, and finds it in the cache the next time', async () => {
  await using server = await serve((request, response) => sendFile(request, response, archive));
  const found = await download(`${server.origin}/libtorch.zip`);
  expect(found).toMatchObject({ version: '2.14.1', cuda: null, source: 'cache' });
  expect(readdirSync(found.libDir).sort()).toEqual(['libc10.so', 'libpadding.so', 'libtorch_cpu.so']);
  const marker = JSON.parse(readFileSync(join(found.root, '../cl-torch-libtorch.json'), 'utf8'));
  expect(marker).toMatchObject({ version: '2.14.1', variant: 'cpu', source: 'archive' });
  expect(Object.values(marker.sha256)).toEqual([sha256]);
  expect(readdirSync(join(cache, 'downloads'))).toEqual([]);
  expect(lines.join('\n')).toMatch(/LibTorch archive: 0\.4 of 0\.4 MB \(100 %\)/);

  expect((await download(`${server.origin}/libtorch.zip`)).root).toBe(found.root);
  expect(server.requests).toHaveLength(1);
});

describe('a misbehaving server', () => {
  test('404', async () => {
    await using server = await serve((_, response) => response.writeHead(404).end('no'));
    expectTrail(await failure(download(`${server.origin}/libtorch.zip`)), /404/);
    expect(server.requests).toHaveLength(1);
  });

  test('a connection dropped midway is resumed', async () => {
    await using server = await serve((request, response, number) => {
      if (number > 0) return sendFile(request, response, archive);
      dropAfter(response, archive, 150_000, () => partSize() === 150_000);
    });
    expect((await download(`${server.origin}/libtorch.zip`)).version).toBe('2.14.1');
    expect(server.requests.map(rangeStart)).toEqual([null, 150_000]);
  });

  test('a server that knows no Range is asked for everything again', async () => {
    await using server = await serve((_, response, number) => {
      if (number > 0) return void response.writeHead(200, { 'content-length': archive.length }).end(archive);
      dropAfter(response, archive, 150_000, () => partSize() === 150_000);
    });
    expect((await download(`${server.origin}/libtorch.zip`)).version).toBe('2.14.1');
  });

  test('wrong content', async () => {
    await using server = await serve((request, response) => sendFile(request, response, archive));
    const wrong = '0'.repeat(64);
    const error = await failure(download(`${server.origin}/libtorch.zip`, { sha256: wrong }));
    expectTrail(error, new RegExp(`${wrong}.*${sha256}`));
    expect(readdirSync(join(cache, 'downloads'))).toEqual([]);
  });

  test('a stall', async () => {
    await using server = await serve((_, response) => sendSome(response, archive, 1_000));
    expectTrail(await failure(download(`${server.origin}/libtorch.zip`)), /no data for 0\.3 s/);
  });

  test('a redirect is followed', async () => {
    await using server = await serve((request, response) => {
      if (request.url === '/moved.zip') return sendFile(request, response, archive);
      response.writeHead(302, { location: '/moved.zip' }).end();
    });
    expect((await download(`${server.origin}/libtorch.zip`)).version).toBe('2.14.1');
  });
});

test.each([
  ['no zip archive', Buffer.from('<html>Welcome to the hotel</html>'), /Cannot unpack/],
  ['another archive', zip([{ name: 'readme.txt', content: 'hello' }]), /no LibTorch archive/],
  ['an incomplete LibTorch', zip(fakeMembers('libtorch').slice(0, 2)), /libtorch_cpu\.so is missing/],
  ['an unsupported version', zip(fakeMembers('libtorch', { version: '1.13.1' })), /1\.13\.1 is outside/],
])('refuses %s', async (_, content, reason) => {
  await using server = await serve((request, response) => sendFile(request, response, content));
  const digest = createHash('sha256').update(content).digest('hex');
  expectTrail(await failure(download(`${server.origin}/libtorch.zip`, { sha256: digest })), reason);
});

test('the proxy variable is honoured', async () => {
  await using proxy = await serve((request, response) => sendFile(request, response, archive));
  vi.stubEnv('HTTP_PROXY', proxy.origin);
  expect((await download('http://libtorch.invalid/libtorch.zip')).version).toBe('2.14.1');
  expect(proxy.requests.map((request) => request.url)).toEqual(['http://libtorch.invalid/libtorch.zip']);
});

test('an abort leaves a part that the next attempt goes on from, and no entry', async () => {
  const controller = new AbortController();
  await using server = await serve((request, response, number) => {
    if (number > 0) return sendFile(request, response, archive);
    sendSome(response, archive, 150_000);
    const poll = setInterval(() => {
      if (partSize() < 150_000) return;
      clearInterval(poll);
      controller.abort();
    }, 2);
  });
  const url = `${server.origin}/libtorch.zip`;
  expect((await failure(download(url, { signal: controller.signal }))).code).toBe('ABORTED');
  expect(entries()).toEqual([]);
  expect((await download(url)).version).toBe('2.14.1');
  expect(server.requests.map(rangeStart)).toEqual([null, 150_000]);
});

test('plain http without a SHA-256 is refused', async () => {
  vi.stubEnv('CL_TORCH_LIBTORCH_URL', 'http://127.0.0.1:9/libtorch.zip');
  expect(await failure(resolveLibTorch({ machine: machine() }))).toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('CL_TORCH_LIBTORCH_SHA256'),
  });
});
