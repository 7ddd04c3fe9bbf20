import { writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { downloadFile } from '../../lib/setup/download/http.js';
import {
  content,
  drop,
  expectWholeFile,
  folder,
  half,
  partSize,
  sha256,
  to,
  useDownloadFolder,
} from '../support/download.js';
import { rangeStart, sendFile, sendSome, serve } from '../support/http-server.js';

// The pauses between attempts, without the waiting.
vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));

useDownloadFolder();

describe('downloadFile continues', () => {
  it('after a dropped connection, from where it stopped', async () => {
    await using server = await serve((request, response, number) =>
      number === 0 ? drop(response) : sendFile(request, response, content),
    );
    await downloadFile({ url: server.origin, to, sha256 });
    await expectWholeFile();
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]?.headers).toMatchObject({ range: `bytes=${half}-`, 'if-range': '"v1"' });
  });

  it('by date when there is no strong ETag', async () => {
    const date = 'Thu, 31 Aug 2017 10:50:27 GMT';
    await using server = await serve((request, response, number) =>
      number === 0
        ? drop(response, content, half, { etag: 'W/"v1"', 'last-modified': date })
        : sendFile(request, response, content, date),
    );
    await downloadFile({ url: server.origin, to, sha256 });
    await expectWholeFile();
    expect(server.requests[1]?.headers['if-range']).toBe(date);
  });

  it('from the start when nothing tells whether the file is still the same', async () => {
    await using server = await serve((request, response, number) =>
      number === 0 ? drop(response, content, half, {}) : sendFile(request, response, content),
    );
    await downloadFile({ url: server.origin, to, sha256 });
    await expectWholeFile();
    expect(server.requests[1]?.headers.range).toBeUndefined();
  });

  it('from the start when the server ignores Range', async () => {
    await using server = await serve((_, response, number) =>
      number === 0 ? drop(response) : sendSome(response, content, content.length),
    );
    await downloadFile({ url: server.origin, to, sha256 });
    await expectWholeFile();
    expect(server.requests[1]?.headers.range).toBe(`bytes=${half}-`);
  });

  it('from the start when the file changed meanwhile', async () => {
    const older = Buffer.alloc(content.length, 1);
    await using server = await serve((request, response, number) =>
      number === 0 ? drop(response, older, half, { etag: '"v0"' }) : sendFile(request, response, content),
    );
    await downloadFile({ url: server.origin, to });
    await expectWholeFile();
  });

  it('from the start when another range comes than the one asked for', async () => {
    await using server = await serve((request, response, number) => {
      if (number === 0) drop(response);
      else if (rangeStart(request) !== null) {
        const range = `bytes 0-${half - 1}/${content.length}`;
        response.writeHead(206, { 'content-range': range }).end(content.subarray(0, half));
      } else sendFile(request, response, content);
    });
    await downloadFile({ url: server.origin, to });
    await expectWholeFile();
  });

  it('from the start when the range lies behind the end', async () => {
    await using server = await serve((request, response, number) => {
      if (number === 0) drop(response);
      else if (rangeStart(request) !== null) response.writeHead(416).end();
      else sendFile(request, response, content);
    });
    await downloadFile({ url: server.origin, to, sha256 });
    await expectWholeFile();
  });

  it('when the server answers with less than the range asked for', async () => {
    await using server = await serve((request, response, number) => {
      const start = rangeStart(request);
      if (start === null) drop(response);
      else if (number > 1) sendFile(request, response, content);
      else {
        const range = `bytes ${start}-${start + 999}/${content.length}`;
        response
          .writeHead(206, { 'content-range': range, etag: '"v1"' })
          .end(content.subarray(start, start + 1000));
      }
    });
    await downloadFile({ url: server.origin, to, sha256 });
    await expectWholeFile();
    expect(server.requests[2]?.headers.range).toBe(`bytes=${half + 1000}-`);
  });

  it('as long as it gets further, however often the connection drops', async () => {
    const quarter = content.length / 4;
    await using server = await serve((_, response, number) => {
      const sent = Math.min((number + 1) * quarter, content.length);
      if (sent === content.length) sendSome(response, content, sent);
      else drop(response, content, sent);
    });
    await downloadFile({ url: server.origin, to, sha256, retries: 1 });
    await expectWholeFile();
    expect(server.requests).toHaveLength(4);
  });

  it('when a connection stays silent', async () => {
    await using server = await serve((request, response, number) =>
      number === 0 ? sendSome(response, content, half) : sendFile(request, response, content),
    );
    await downloadFile({ url: server.origin, to, sha256, stallMs: 300 });
    await expectWholeFile();
    expect(server.requests[1]?.headers.range).toBe(`bytes=${half}-`);
  });

  it('after a 503', async () => {
    await using server = await serve((request, response, number) =>
      number === 0 ? response.writeHead(503).end('busy') : sendFile(request, response, content),
    );
    await downloadFile({ url: server.origin, to, sha256 });
    await expectWholeFile();
  });

  it('in a later call after it was aborted; the part is kept', async () => {
    const controller = new AbortController();
    await using server = await serve((request, response, number) => {
      if (number > 0) return sendFile(request, response, content);
      sendSome(response, content, half);
      // Only once all that was sent is on disk: the test then knows where the next call must continue.
      const poll = setInterval(() => {
        if (partSize() < half) return;
        clearInterval(poll);
        controller.abort();
      }, 5);
    });
    await expect(downloadFile({ url: server.origin, to, signal: controller.signal })).rejects.toMatchObject({
      code: 'ABORTED',
      message: expect.stringContaining(server.origin),
    });
    expect((await readdir(folder)).sort()).toEqual(['file.bin.part', 'file.bin.part.json']);

    await downloadFile({ url: server.origin, to, sha256 });
    await expectWholeFile();
    expect(server.requests[1]?.headers.range).toBe(`bytes=${half}-`);
  });

  it('never with the part of another address', async () => {
    await using server = await serve((request, response, number) =>
      number === 0 ? drop(response) : sendFile(request, response, content),
    );
    await expect(downloadFile({ url: `${server.origin}/a`, to, retries: 0 })).rejects.toThrow();
    await downloadFile({ url: `${server.origin}/b`, to, sha256 });
    await expectWholeFile();
    expect(server.requests[1]?.headers.range).toBeUndefined();
  });

  it('from the start when the notes beside the part are damaged', async () => {
    await using server = await serve((request, response, number) =>
      number === 0 ? drop(response) : sendFile(request, response, content),
    );
    await expect(downloadFile({ url: server.origin, to, retries: 0 })).rejects.toThrow();
    writeFileSync(`${to}.part.json`, '{"url":');
    await downloadFile({ url: server.origin, to, sha256 });
    await expectWholeFile();
  });
});
