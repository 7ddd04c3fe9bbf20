import { readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type DownloadProgress, downloadFile } from '../../lib/setup/download/http.js';
import {
  content,
  drop,
  expectWholeFile,
  folder,
  half,
  sha256,
  to,
  useDownloadFolder,
} from '../support/download.js';
import { sendFile, serve } from '../support/http-server.js';

// The pauses between attempts, without the waiting.
const sleep = vi.hoisted(() => vi.fn(async (_milliseconds: number) => undefined));
vi.mock('node:timers/promises', () => ({ setTimeout: sleep }));

useDownloadFolder();
beforeEach(() => {
  sleep.mockClear();
});

describe('downloadFile', () => {
  it('brings the file, tells its digest and size, and reports progress up to the end', async () => {
    await using server = await serve((request, response) => sendFile(request, response, content));
    const seen: DownloadProgress[] = [];
    const result = await downloadFile({
      url: `${server.origin}/a`,
      to,
      sha256: sha256.toUpperCase(),
      onProgress: (progress) => seen.push(progress),
    });
    expect(result).toEqual({ sha256, bytes: content.length });
    await expectWholeFile();
    expect(seen.at(-1)).toMatchObject({ received: content.length, total: content.length });
    expect(seen.at(-1)?.bytesPerSecond).toBeGreaterThan(0);
  });

  it('makes the folder and replaces an existing file', async () => {
    await using server = await serve((request, response) => sendFile(request, response, content));
    const deep = join(folder, 'x', 'y', 'file.bin');
    await downloadFile({ url: server.origin, to: deep });
    writeFileSync(deep, 'old');
    await downloadFile({ url: server.origin, to: deep });
    expect(readFileSync(deep).equals(content)).toBe(true);
  });

  it('follows a redirect, also when it continues', async () => {
    await using server = await serve((request, response, number) => {
      if (request.url === '/old') response.writeHead(302, { location: '/new' }).end();
      else if (number === 1) drop(response);
      else sendFile(request, response, content);
    });
    await downloadFile({ url: `${server.origin}/old`, to, sha256 });
    await expectWholeFile();
    expect(server.requests.map(({ url }) => url)).toEqual(['/old', '/new', '/old', '/new']);
    expect(server.requests[3]?.headers.range).toBe(`bytes=${half}-`);
  });

  it('does not know the size of a chunked answer, and takes it all the same', async () => {
    await using server = await serve((_, response) => response.end(content));
    const seen: DownloadProgress[] = [];
    await downloadFile({ url: server.origin, to, sha256, onProgress: (progress) => seen.push(progress) });
    await expectWholeFile();
    expect(seen.at(-1)?.received).toBe(content.length);
  });
});

describe('downloadFile fails', () => {
  it('at once on 404', async () => {
    await using server = await serve((_, response) => response.writeHead(404).end('no'));
    await expect(downloadFile({ url: `${server.origin}/gone`, to })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringMatching(/\/gone: the server answered HTTP 404 Not Found\. Check that/),
    });
    expect(server.requests).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('after the given number of retries, with growing pauses', async () => {
    await using server = await serve((_, response) => response.writeHead(500).end());
    await expect(downloadFile({ url: server.origin, to })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringMatching(/HTTP 500 .*3 more tries .*HTTPS_PROXY/),
    });
    expect(server.requests).toHaveLength(4);
    const pauses = sleep.mock.calls.map(([milliseconds]) => milliseconds);
    expect(pauses).toHaveLength(3);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(new Set(pauses).size).toBe(3);
  });

  it('when connections that get no further drop again and again', async () => {
    await using server = await serve((_, response) => drop(response));
    await expect(downloadFile({ url: server.origin, to, retries: 2 })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('2 more tries got no further'),
    });
    expect(server.requests).toHaveLength(3);
  });

  it('saying so when the server is silent', async () => {
    await using server = await serve(() => undefined);
    await expect(downloadFile({ url: server.origin, to, stallMs: 200, retries: 0 })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('no data for 0.2 s'),
    });
  });

  it('when nothing listens there', async () => {
    const server = await serve(() => undefined);
    await server[Symbol.asyncDispose]();
    await expect(downloadFile({ url: server.origin, to, retries: 0 })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('on a wrong digest, deletes what came and keeps the file that was there', async () => {
    await using server = await serve((request, response) => sendFile(request, response, content));
    writeFileSync(to, 'old');
    await expect(downloadFile({ url: server.origin, to, sha256: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'CHECKSUM_MISMATCH',
      message: expect.stringMatching(new RegExp(`${server.origin}.*expected SHA-256 0{64}, found ${sha256}`)),
    });
    expect(await readdir(folder)).toEqual(['file.bin']);
    expect(readFileSync(to, 'utf8')).toBe('old');
  });

  it('on endless redirects', async () => {
    await using server = await serve((_, response, number) =>
      response.writeHead(302, { location: `/${number}` }).end(),
    );
    await expect(downloadFile({ url: server.origin, to })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('HTTP 302'),
    });
    expect(server.requests.length).toBeLessThan(10);
  });

  it('when the signal was aborted before', async () => {
    await using server = await serve((request, response) => sendFile(request, response, content));
    await expect(downloadFile({ url: server.origin, to, signal: AbortSignal.abort() })).rejects.toMatchObject(
      { code: 'ABORTED' },
    );
    expect(server.requests).toHaveLength(0);
  });

  it('when CL_TORCH_OFFLINE=1, without asking the server', async () => {
    await using server = await serve((request, response) => sendFile(request, response, content));
    vi.stubEnv('CL_TORCH_OFFLINE', '1');
    await expect(downloadFile({ url: server.origin, to })).rejects.toMatchObject({ code: 'OFFLINE' });
    expect(server.requests).toHaveLength(0);
  });

  it('when the file cannot be written', async () => {
    await using server = await serve((request, response) => sendFile(request, response, content));
    writeFileSync(to, '');
    const inside = join(to, 'x');
    await expect(downloadFile({ url: server.origin, to: inside })).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      message: expect.stringContaining(inside),
    });
  });

  it.each(['file:///etc/hostname', 'example.org/x', ''])('on the address "%s"', async (url) => {
    await expect(downloadFile({ url, to })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('downloadFile behind a proxy', () => {
  it('asks the proxy for http addresses', async () => {
    await using proxy = await serve((request, response) => sendFile(request, response, content));
    vi.stubEnv('HTTP_PROXY', proxy.origin);
    await downloadFile({ url: 'http://data.example/a.bin', to, sha256 });
    await expectWholeFile();
    expect(proxy.requests[0]?.url).toBe('http://data.example/a.bin');
  });

  it('asks the proxy for a tunnel to https addresses', async () => {
    await using proxy = await serve(() => undefined);
    vi.stubEnv('HTTPS_PROXY', proxy.origin);
    await expect(downloadFile({ url: 'https://data.example/a', to, retries: 0 })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('502'),
    });
    expect(proxy.requests[0]).toMatchObject({ method: 'CONNECT', url: 'data.example:443' });
  });

  it("says so when the proxy's address is none", async () => {
    vi.stubEnv('HTTPS_PROXY', 'proxy without a scheme');
    await expect(downloadFile({ url: 'https://data.example/a', to })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('HTTPS_PROXY'),
    });
  });

  it('passes it by for the hosts in NO_PROXY', async () => {
    await using proxy = await serve((_, response) => response.writeHead(500).end());
    await using server = await serve((request, response) => sendFile(request, response, content));
    vi.stubEnv('HTTP_PROXY', proxy.origin);
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    await downloadFile({ url: server.origin, to, sha256 });
    await expectWholeFile();
    expect(proxy.requests).toHaveLength(0);
  });
});
