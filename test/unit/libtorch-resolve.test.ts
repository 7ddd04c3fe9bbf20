import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ClTorchError } from '../../lib/base/errors.js';
import { resolveLibTorch } from '../../lib/setup/libtorch/index.js';
import { cleanEnvironment, fakeLibTorch, machine, temporaryFolder, writeTree } from '../support/libtorch.js';

let cache: string;
let folder: string;

beforeEach(() => {
  cache = cleanEnvironment();
  folder = temporaryFolder();
  vi.stubEnv('CL_TORCH_OFFLINE', '1'); // nothing here may reach for the network
});
afterEach(() => vi.unstubAllEnvs());

/** A complete entry of the cache, as a download leaves it. */
function cacheEntry(name: string, kind?: Parameters<typeof fakeLibTorch>[1]): string {
  const entry = join(cache, 'libtorch', name);
  writeTree(entry, { 'cl-torch-libtorch.json': JSON.stringify({ root: 'torch' }) });
  return fakeLibTorch(join(entry, 'torch'), kind);
}

/** An interpreter that says its torch package lies in `root`. */
function fakePython(root: string): string {
  const file = join(folder, 'python');
  writeFileSync(file, `#!/bin/sh\necho '${root}'\n`);
  chmodSync(file, 0o755);
  return file;
}

async function failure(
  options: Parameters<typeof resolveLibTorch>[0] = { machine: machine() },
): Promise<ClTorchError> {
  const error: unknown = await resolveLibTorch(options).catch((reason: unknown) => reason);
  if (!(error instanceof ClTorchError)) throw new Error(`expected a failure, got ${JSON.stringify(error)}`);
  return error;
}

describe('search order', () => {
  test('each place is taken before every later one', async () => {
    const system = fakeLibTorch(join(folder, 'system'));
    const cached = cacheEntry('2.14.1-cpu-wheel');
    const prefix = fakeLibTorch(join(folder, 'prefix'));
    const torchDir = fakeLibTorch(join(folder, 'torch-dir'));
    const python = fakeLibTorch(join(folder, 'site-packages/torch'));
    const named = fakeLibTorch(join(folder, 'named'));
    vi.stubEnv('LIBTORCH', named);
    vi.stubEnv('LIBTORCH_USE_PYTORCH', '1');
    vi.stubEnv('CL_TORCH_PYTHON', fakePython(python));
    vi.stubEnv('Torch_DIR', join(torchDir, 'share/cmake/Torch'));
    vi.stubEnv('CMAKE_PREFIX_PATH', join(prefix, 'share/cmake'));
    const next = async (): Promise<string> =>
      (await resolveLibTorch({ machine: machine({ roots: [system] }) })).root;

    expect(await next()).toBe(named);
    vi.stubEnv('LIBTORCH', undefined);
    expect(await next()).toBe(python);
    vi.stubEnv('LIBTORCH_USE_PYTORCH', undefined);
    expect(await next()).toBe(torchDir);
    vi.stubEnv('Torch_DIR', undefined);
    expect(await next()).toBe(prefix);
    vi.stubEnv('CMAKE_PREFIX_PATH', undefined);
    expect(await next()).toBe(cached);
    rmSync(join(cache, 'libtorch'), { recursive: true });
    expect(await next()).toBe(system);
    expect((await failure()).code).toBe('OFFLINE');
  });

  test('what is found is described', async () => {
    const root = fakeLibTorch(join(folder, 'named'), { version: '2.11.3', cuda: '13.0' });
    vi.stubEnv('LIBTORCH', root);
    expect(await resolveLibTorch({ machine: machine() })).toEqual({
      root,
      includeDirs: [join(root, 'include'), join(root, 'include/torch/csrc/api/include')],
      libDir: join(root, 'lib'),
      version: '2.11.3',
      cuda: '13.0',
      source: 'LIBTORCH',
    });
  });

  test('an unusable Torch_DIR or prefix is passed over', async () => {
    const system = fakeLibTorch(join(folder, 'system'));
    vi.stubEnv('Torch_DIR', join(folder, 'nowhere/share/cmake/Torch'));
    vi.stubEnv('CMAKE_PREFIX_PATH', `${folder}/a:${folder}/b`);
    expect((await resolveLibTorch({ machine: machine({ roots: [system] }) })).root).toBe(system);
  });

  test('a cache entry without its marker is never used', async () => {
    const root = cacheEntry('2.14.1-cpu-wheel');
    rmSync(join(root, '../cl-torch-libtorch.json'));
    expect((await failure()).code).toBe('OFFLINE');
  });

  test('a CUDA build in the cache serves a machine without a GPU, a CPU build none that has one', async () => {
    const cuda = cacheEntry('2.14.1-cu130-wheel', { cuda: '13.0' });
    expect((await resolveLibTorch({ machine: machine() })).root).toBe(cuda);
    rmSync(join(cache, 'libtorch'), { recursive: true });
    cacheEntry('2.14.1-cpu-wheel');
    expect((await failure({ machine: machine({ driver: '580.65.06' }) })).code).toBe('OFFLINE');
  });
});

describe('LIBTORCH and LIBTORCH_USE_PYTORCH are never skipped', () => {
  test.each([
    ['a folder that does not exist', {}, 'does not exist'],
    ['no headers', { 'lib/libtorch_cpu.so': '' }, 'ATen/ATen.h is missing'],
    ['no library', { 'include/ATen/ATen.h': '' }, 'libtorch_cpu.so is missing'],
    ['half a library', { 'include/ATen/ATen.h': '', 'lib/libtorch_cpu.so': '' }, 'libc10.so is missing'],
  ])('LIBTORCH with %s', async (_, files, reason) => {
    const root = join(folder, 'broken');
    writeTree(root, files);
    vi.stubEnv('LIBTORCH', root);
    const { code, message } = await failure({
      machine: machine({ roots: [fakeLibTorch(join(folder, 'system'))] }),
    });
    expect(code).toBe('LIBTORCH_UNUSABLE');
    expect(message).toContain(root);
    expect(message).toContain(reason);
  });

  test('python without torch, and no python', async () => {
    vi.stubEnv('LIBTORCH_USE_PYTORCH', '1');
    vi.stubEnv('CL_TORCH_PYTHON', fakePython(''));
    expect(await failure()).toMatchObject({
      code: 'LIBTORCH_UNUSABLE',
      message: expect.stringContaining('has no package torch'),
    });
    vi.stubEnv('CL_TORCH_PYTHON', join(folder, 'no-such-python'));
    expect((await failure()).message).toContain('there is no ');
  });
});

describe('requirements', () => {
  test.each([
    ['2.10.9', false],
    ['2.11.0', true],
    ['2.14.7', true],
    ['2.15.0', false],
    ['3.0.0', false],
  ])('version %s is supported: %s', async (version, supported) => {
    vi.stubEnv('LIBTORCH', fakeLibTorch(join(folder, 'named'), { version }));
    if (supported) {
      expect((await resolveLibTorch({ machine: machine() })).version).toBe(version);
      return;
    }
    expect(await failure()).toMatchObject({
      code: 'LIBTORCH_UNUSABLE',
      message: expect.stringContaining(version),
    });
    vi.stubEnv('LIBTORCH_BYPASS_VERSION_CHECK', '1');
    expect((await resolveLibTorch({ machine: machine() })).version).toBe(version);
  });

  test('CL_TORCH_CUDA=on refuses a CPU build, off takes either', async () => {
    vi.stubEnv('LIBTORCH', fakeLibTorch(join(folder, 'cpu')));
    vi.stubEnv('CL_TORCH_CUDA', 'on');
    expect((await failure()).message).toContain('CL_TORCH_CUDA=on');
    vi.stubEnv('CL_TORCH_CUDA', 'off');
    expect((await resolveLibTorch({ machine: machine() })).cuda).toBeNull();
    vi.stubEnv('LIBTORCH', fakeLibTorch(join(folder, 'cuda'), { cuda: '13.0' }));
    expect((await resolveLibTorch({ machine: machine() })).cuda).toBe('13.0');
  });

  test('the CUDA version of a wheel comes from its version.py', async () => {
    const root = fakeLibTorch(join(folder, 'wheel'), { cuda: '12.8' });
    rmSync(join(root, 'build-version'));
    writeTree(root, {
      'version.py': "__version__ = '2.14.1+cu130'\ncuda: Optional[str] = '13.0'\nhip = None\n",
    });
    vi.stubEnv('LIBTORCH', root);
    expect((await resolveLibTorch({ machine: machine() })).cuda).toBe('13.0');
  });
});

test('the offline failure prints every place that was tried and numbered remedies', async () => {
  vi.stubEnv('CMAKE_PREFIX_PATH', join(folder, 'prefix'));
  const { message } = await failure();
  const places = [
    'LIBTORCH:',
    'LIBTORCH_USE_PYTORCH:',
    'Torch_DIR:',
    'CMAKE_PREFIX_PATH:',
    'cache:',
    'system:',
    'download:',
  ];
  const lines = message.split('\n');
  for (const place of places)
    expect(lines.filter((line) => line.startsWith(`  - ${place}`))).not.toHaveLength(0);
  expect(message).toContain(join(folder, 'prefix'));
  expect(lines.filter((line) => /^ {2}\d\. /.test(line)).map((line) => line.trim()[0])).toEqual([
    '1',
    '2',
    '3',
  ]);
});

test.each([
  ['one folder too high', '.', 'inner'],
  ['two folders too high', '..', 'inner'],
  ['its libraries', 'inner/lib', 'inner'],
  ['its headers', 'inner/include/ATen', 'inner'],
])('LIBTORCH that names %s says where LibTorch lies', async (_, named, inner) => {
  const outer = join(folder, 'libtorch');
  const root = fakeLibTorch(join(outer, inner));
  writeTree(root, { 'include/ATen/.keep': '' });
  vi.stubEnv('LIBTORCH', join(outer, named));
  const error = await failure();
  expect(error.code).toBe('LIBTORCH_UNUSABLE');
  expect(error.message).toContain(`there is a LibTorch in ${root}: name that folder`);
});
