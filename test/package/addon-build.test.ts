import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { type ChildOutcome, outcomeOf } from '../support/child.js';
import { fakeLibTorch, temporaryFolder } from '../support/libtorch.js';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

let packageDir: string;

beforeEach(() => {
  packageDir = join(temporaryFolder(), 'cl-torch');
  const parts = ['package.json', 'dist', 'native', 'cmake', 'CMakeLists.txt', 'scripts', 'binding.d.ts'];
  for (const part of parts) cpSync(join(checkout, part), join(packageDir, part), { recursive: true });
  symlinkSync(join(checkout, 'node_modules'), join(packageDir, 'node_modules'));
});

/** Runs a module of the copied package, with nothing else in the environment than what is given. */
function run(body: string, env: NodeJS.ProcessEnv = {}): Promise<ChildOutcome> {
  const args = ['--input-type=module', '-e', body];
  const cache = join(packageDir, '../cache');
  const basics = { PATH: process.env.PATH, CL_TORCH_CACHE: cache, CL_TORCH_OFFLINE: '1' };
  return outcomeOf(spawn(process.execPath, args, { cwd: packageDir, env: { ...basics, ...env } }));
}

const build = `
  const { buildAddon } = await import('./dist/setup/addon/index.js');
  await buildAddon({ log: console.log }).catch((error) => { console.log(error.code + ' ' + error.message); process.exit(1); });`;

test('without compiler, cmake and make one text names all three and the command for them', async () => {
  const { status, stdout } = await run(build, { PATH: join(packageDir, 'empty') });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^TOOLCHAIN_MISSING .*C\+\+20 compiler.*CMake 3\.18.*make or ninja/);
  expect(stdout).toContain('sudo apt-get install g++ cmake make');
  expect(stdout).toContain('npx cl-torch build');
});

test('a compiler that knows no C++20 is told from one that is missing', async () => {
  const old = join(packageDir, '../old-compiler');
  writeFileSync(old, '#!/bin/sh\n[ "$1" = --version ]\n', { mode: 0o755 });
  const { stdout } = await run(build, { CXX: old });
  expect(stdout).toMatch(/^TOOLCHAIN_MISSING .*old-compiler does not know C\+\+20/);
});

test('a build that fails shows the compiler’s words, keeps the whole output, and leaves no record', async () => {
  const root = fakeLibTorch(join(packageDir, '../libtorch'));
  const { status, stdout } = await run(build, { LIBTORCH: root });
  expect(status).toBe(1);
  expect(stdout).toMatch(/BUILD_FAILED The native addon could not be built/);
  const log = join(packageDir, 'build/cl_torch-build.log');
  expect(stdout).toContain(log);
  expect(readFileSync(log, 'utf8')).toMatch(/CMake Error|error:/);
  expect(existsSync(join(packageDir, 'build/Release/cl_torch.json'))).toBe(false);
});

test('CL_TORCH_CUDA=on with a CPU LibTorch says so before anything is compiled', async () => {
  const root = fakeLibTorch(join(packageDir, '../libtorch'));
  const { stdout } = await run(build, { LIBTORCH: root, CL_TORCH_CUDA: 'on' });
  expect(stdout).toMatch(/^LIBTORCH_UNUSABLE .*\n(.*\n)*.*CL_TORCH_CUDA=on/);
  expect(existsSync(join(packageDir, 'build/CMakeCache.txt'))).toBe(false);
});

test('loading without an addon and without leave to build names the command', async () => {
  const load = `
    const { loadNative } = await import('./dist/session/native.js');
    await loadNative().catch((error) => console.log(error.code + ' ' + error.message));`;
  const { stdout } = await run(load, { CL_TORCH_NO_BUILD: '1' });
  expect(stdout).toMatch(
    /^ADDON_LOAD_FAILED .*not been built yet.*CL_TORCH_NO_BUILD=1.*`npx cl-torch build`/,
  );
});

test('an addon that cannot be loaded is named with the system’s words', async () => {
  const file = join(packageDir, 'prebuilds/linux-x64/cl_torch.node');
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, 'not a shared library');
  const load = `
    const { loadNative } = await import('./dist/session/native.js');
    await loadNative().catch((error) => console.log(error.code + ' ' + error.message));`;
  expect((await run(load)).stdout).toMatch(
    /^ADDON_LOAD_FAILED [\s\S]*prebuilds\/linux-x64\/cl_torch\.node: .*(file too short|invalid ELF header)/,
  );
});
