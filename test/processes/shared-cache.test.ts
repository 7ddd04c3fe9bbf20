import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { downloadFile } from '../../lib/setup/download/http.js';
import { resolveLibTorch } from '../../lib/setup/libtorch/resolve.js';
import { sendFile, serve } from '../support/http-server.js';
import {
  cleanEnvironment,
  fakeLibTorch,
  fakeMembers,
  machine,
  temporaryFolder,
} from '../support/libtorch.js';
import { isRoot, NOBODY, runAs } from '../support/user.js';
import { zip } from '../support/zip.js';

const archive = zip(fakeMembers('libtorch'));

let cache: string;
beforeEach(() => {
  cache = cleanEnvironment();
  chmodSync(cache, 0o755); // as a folder that several users share
  vi.stubEnv('CL_TORCH_LIBTORCH_SHA256', createHash('sha256').update(archive).digest('hex'));
});
afterEach(() => vi.unstubAllEnvs());

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

async function install(): Promise<string> {
  await using server = await serve((request, response) => sendFile(request, response, archive));
  vi.stubEnv('CL_TORCH_LIBTORCH_URL', `${server.origin}/libtorch.zip`);
  const notices = { line(): void {}, progress(): void {}, status(): void {}, end(): void {} };
  return (await resolveLibTorch({ machine: machine(), notices })).root;
}

/** What another user's search of the same cache prints: the root it finds, or why it finds none. */
async function elsewhere(env: NodeJS.ProcessEnv = {}): Promise<string> {
  const body = `
    const machine = { systemRoots: async () => [], driverVersion: async () => null };
    await resolveLibTorch({ machine }).then(({ root }) => console.log(root), ({ message }) => console.log(message));`;
  const { stdout, stderr } = await runAs(NOBODY, { resolveLibTorch: 'setup/libtorch/resolve.js' }, body, {
    env: { CL_TORCH_OFFLINE: '1', ...env },
  });
  expect(stderr).toBe('');
  return stdout.trim();
}

test('a LibTorch that is installed has the mode that the umask gives', async () => {
  await install();
  const [entry = ''] = readdirSync(join(cache, 'libtorch'));
  expect(modeOf(join(cache, 'libtorch', entry))).toBe((0o777 & ~process.umask()).toString(8));
});

test('a file that is downloaded into the cache has it, too', async () => {
  await using server = await serve((request, response) => sendFile(request, response, archive));
  const to = join(cache, 'data', 'mnist', 'file');
  await downloadFile({ url: `${server.origin}/file`, to });
  expect(modeOf(to)).toBe((0o666 & ~process.umask()).toString(8));
  expect(modeOf(join(cache, 'data', 'mnist'))).toBe((0o777 & ~process.umask()).toString(8));
});

test('a LibTorch that root installed into a shared cache serves another user', async ({ skip }) => {
  if (!isRoot) skip('only root can be two users');
  const root = await install();
  expect(await elsewhere()).toBe(root);
});

test('one that this user may not read is not called missing: who may not read what, and the remedy', async ({
  skip,
}) => {
  if (!isRoot) skip('only root can be two users');
  const root = await install();
  const [entry = ''] = readdirSync(join(cache, 'libtorch'));
  const folder = join(cache, 'libtorch', entry);
  for (const closed of [folder, root, join(root, 'lib'), join(root, 'lib/libtorch_cpu.so')]) {
    const before = statSync(closed).mode;
    chmodSync(closed, 0o700);
    const told = await elsewhere();
    expect(told).toMatch(/cache: user \S+ \(65534\) may not read \S+ \(mode 700, of user 0\)/);
    expect(told).toMatch(/chmod (-R a\+rX|a\+x) '/);
    expect(told).toContain(`'${closed}'`);
    expect(told).not.toMatch(/cache: .*(missing|does not exist|no complete)/);
    chmodSync(closed, before);
  }
});

test('neither is one that a variable names, in a folder that is closed higher up', async ({ skip }) => {
  if (!isRoot) skip('only root can be two users');
  const home = join(temporaryFolder(), 'home');
  mkdirSync(home);
  chmodSync(join(home, '..'), 0o755);
  const root = fakeLibTorch(join(home, 'deep', 'libtorch'));
  chmodSync(home, 0o700);
  const told = await elsewhere({ LIBTORCH: root });
  expect(told).toContain(`may not read ${home} (mode 700, of user 0)`);
  expect(told).not.toContain('does not exist');
});
