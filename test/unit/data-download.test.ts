import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { type DatasetProgress, downloadDataset, loadDataset } from '../../lib/datasets/index.js';
import { type KnownFile, publishedIdx } from '../../lib/datasets/published.js';
import { sendFile, serve } from '../support/http-server.js';
import { TINY } from '../support/idx.js';

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  setTimeout: () => new Promise((resolve) => setImmediate(resolve)),
}));

/** A data set of four small files stands in for the published one: same code, other digests. */
vi.mock('../../lib/datasets/catalog.js', async (original) => ({
  ...(await original<typeof import('../../lib/datasets/catalog.js')>()),
  knownDataset: () => ({
    classes: 3,
    mirrors: [],
    places: [],
    ...publishedIdx({
      trainImages: known('train-images-idx3-ubyte'),
      trainLabels: known('train-labels-idx1-ubyte'),
      testImages: known('t10k-images-idx3-ubyte'),
      testLabels: known('t10k-labels-idx1-ubyte'),
    }),
  }),
}));

const published = Object.fromEntries(
  Object.entries(TINY).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]),
);
const names = Object.keys(published);

function known(name: string): KnownFile {
  const bytes = published[`${name}.gz`] ?? Buffer.alloc(0);
  return {
    gzBytes: bytes.length,
    gzSha256: createHash('sha256').update(bytes).digest('hex'),
    contentSha256: null,
  };
}

function sendPublished(request: IncomingMessage, response: ServerResponse): void {
  const bytes = published[request.url?.split('/').at(-1) ?? ''];
  if (bytes) sendFile(request, response, bytes);
  else response.writeHead(404).end();
}

let cache: string;
let target: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'cl-torch-cache-'));
  target = join(cache, 'data', 'kmnist');
  vi.stubEnv('CL_TORCH_CACHE', cache);
  for (const name of ['HTTP_PROXY', 'http_proxy', 'CL_TORCH_OFFLINE']) vi.stubEnv(name, undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
});

describe('downloadDataset', () => {
  it('fills the cache, from where the data set then loads', async () => {
    await using server = await serve(sendPublished);
    expect(await downloadDataset('kmnist', { mirrors: [`${server.origin}/some/folder`] })).toBe(target);
    expect((await readdir(target)).sort()).toEqual(names.toSorted());
    expect(server.requests.map(({ url }) => url)).toEqual(names.map((name) => `/some/folder/${name}`));
    const { source, classes, test } = await loadDataset('kmnist');
    expect(source).toBe(`cache (${target})`);
    expect(classes).toBe(3);
    expect([...test.labels]).toEqual([1, 2]);
  });

  it('reports progress over all four files', async () => {
    await using server = await serve(sendPublished);
    const seen: DatasetProgress[] = [];
    await downloadDataset('kmnist', {
      mirrors: [server.origin],
      onProgress: (progress) => seen.push(progress),
    });
    const total = Object.values(published).reduce((sum, { length }) => sum + length, 0);
    expect(seen.map(({ file }) => file)).toEqual(names);
    expect(seen.map(({ received }) => received)).toEqual(
      seen.map(({ received }) => received).toSorted((a, b) => a - b),
    );
    expect(seen.at(-1)).toMatchObject({ received: total, total });
  });

  it('keeps what is there and right, and replaces what is wrong', async () => {
    await using server = await serve(sendPublished);
    await downloadDataset('kmnist', { mirrors: [server.origin] });
    server.requests.length = 0;
    const damaged = names[2] ?? '';
    writeFileSync(join(target, damaged), 'damaged');
    await downloadDataset('kmnist', { mirrors: [server.origin] });
    expect(server.requests.map(({ url }) => url)).toEqual([`/${damaged}`]);
    expect(readFileSync(join(target, damaged))).toEqual(published[damaged]);
  });

  it('goes on with the next mirror after a 404, an endless 500, and a wrong file', async () => {
    await using missing = await serve((_, response) => response.writeHead(404).end());
    await using broken = await serve((_, response) => response.writeHead(500).end());
    await using altered = await serve((request, response) => sendFile(request, response, Buffer.from('ads')));
    await using good = await serve(sendPublished);
    const mirrors = [missing, broken, altered, good].map(({ origin }) => origin);
    await downloadDataset('kmnist', { mirrors });
    expect(missing.requests).toHaveLength(4);
    expect(altered.requests).toHaveLength(4);
    await loadDataset('kmnist');
  });

  it("tells every mirror's failure when none helps", async () => {
    await using missing = await serve((_, response) => response.writeHead(404).end());
    await using altered = await serve((request, response) => sendFile(request, response, Buffer.from('ads')));
    const mirrors = [missing.origin, altered.origin];
    const error: unknown = await downloadDataset('kmnist', { mirrors }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DOWNLOAD_FAILED' });
    for (const part of [...mirrors, 'HTTP 404', 'expected SHA-256', '--data-dir', target]) {
      expect((error as Error).message).toContain(part);
    }
  });

  it('asks no mirror after the signal was aborted', async () => {
    const controller = new AbortController();
    await using silent = await serve(() => controller.abort());
    await using good = await serve(sendPublished);
    await expect(
      downloadDataset('kmnist', { mirrors: [silent.origin, good.origin], signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
    expect(good.requests).toHaveLength(0);
  });

  it('asks nobody when CL_TORCH_OFFLINE=1', async () => {
    await using server = await serve(sendPublished);
    vi.stubEnv('CL_TORCH_OFFLINE', '1');
    await expect(downloadDataset('kmnist', { mirrors: [server.origin] })).rejects.toMatchObject({
      code: 'OFFLINE',
    });
    expect(server.requests).toHaveLength(0);
  });

  it('fetches each file once when two ask at a time', async () => {
    await using server = await serve(sendPublished);
    const mirrors = [server.origin];
    await Promise.all([downloadDataset('kmnist', { mirrors }), downloadDataset('kmnist', { mirrors })]);
    expect(server.requests).toHaveLength(4);
    await loadDataset('kmnist');
  });

  it('says so when the cache cannot be written', async () => {
    writeFileSync(join(cache, 'data'), 'a file where a folder must be');
    await expect(downloadDataset('kmnist', { mirrors: [] })).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      message: expect.stringContaining(target),
    });
  });
});
