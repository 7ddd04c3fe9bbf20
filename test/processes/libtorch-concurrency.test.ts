import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runModule } from '../support/child.js';
import { sendSome, serve } from '../support/http-server.js';
import { cleanEnvironment, fakeMembers } from '../support/libtorch.js';
import { zip } from '../support/zip.js';

const archive = zip([
  ...fakeMembers('libtorch'),
  { name: 'libtorch/lib/libpadding.so', content: randomBytes(200_000) },
]);

let cache: string;

beforeEach(() => {
  cache = cleanEnvironment();
});
afterEach(() => vi.unstubAllEnvs());

/** A process that resolves LibTorch and prints its root; while it waits for another, there is the file `sign`. */
function resolving(url: string, sign = join(cache, 'sign')): ReturnType<typeof runModule> {
  const body = `
    const { writeFileSync } = await import('node:fs');
    const { resolveLibTorch } = await import(dist + 'setup/libtorch/resolve.js');
    const machine = { systemRoots: async () => [], driverVersion: async () => null };
    const line = (text) => { if (/^Waiting for process \\d+ on /.test(text)) writeFileSync(process.env.SIGN, text); };
    console.log((await resolveLibTorch({ machine, notices: { line, progress() {} } })).root);`;
  const sha256 = createHash('sha256').update(archive).digest('hex');
  return runModule(body, {
    env: { CL_TORCH_LIBTORCH_URL: url, CL_TORCH_LIBTORCH_SHA256: sha256, SIGN: sign },
  });
}

test('of two processes that start at once one downloads, and both use the result', async () => {
  const sign = join(cache, 'sign');
  await using server = await serve((_, response) => {
    sendSome(response, archive, 100_000);
    const poll = setInterval(() => {
      if (!existsSync(sign)) return; // the download ends only once the other process waits for it
      clearInterval(poll);
      response.end(archive.subarray(100_000));
    }, 5);
  });
  const url = `${server.origin}/libtorch.zip`;
  const outcomes = await Promise.all([resolving(url, sign), resolving(url, sign)]);
  expect(outcomes.map(({ status }) => status)).toEqual([0, 0]);
  expect(new Set(outcomes.map(({ stdout }) => stdout)).size).toBe(1);
  expect(server.requests).toHaveLength(1);
});

test('what a killed process left is cleared away', async () => {
  mkdirSync(join(cache, 'libtorch/.tmp-2.14.1-cpu-wheel-abcdef'), { recursive: true });
  await using server = await serve((_, response) => {
    response.writeHead(200, { 'content-length': archive.length }).end(archive);
  });
  expect((await resolving(`${server.origin}/libtorch.zip`)).status).toBe(0);
  expect(readdirSync(join(cache, 'libtorch'))).toHaveLength(1);
});
