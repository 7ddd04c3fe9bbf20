import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type LibTorch, lineNotices, resolveLibTorch } from '../../lib/setup/libtorch/index.js';
import { cleanEnvironment, fakeMembers, machine, temporaryFolder } from '../support/libtorch.js';
import { zip } from '../support/zip.js';

const wheels = {
  'torch-2.14.1-cp311-cp311-manylinux_2_28_x86_64.whl': zip([
    ...fakeMembers('torch', { cuda: '13.0' }),
    { name: 'torch/version.py', content: "cuda: Optional[str] = '13.0'\n" },
    { name: 'torch/lib/libgomp.so.1', content: 'openmp' },
    { name: 'torch/lib/libtorch_python.so', content: 'not needed' },
    { name: 'torch/__init__.py', content: 'not needed' },
  ]),
  'nvidia_cuda_runtime-13.0.96-py3-none-manylinux2014_x86_64.whl': zip([
    { name: 'nvidia/cu13/lib/libcudart.so.13', content: 'cudart' },
    { name: 'nvidia/cu13/lib/libcudart_static.a', content: 'not needed' },
    { name: 'nvidia/cu13/include/cuda_runtime_api.h', content: '#pragma once' },
  ]),
  'nvidia_cuda_cupti-13.0.85-py3-none-manylinux_2_25_x86_64.whl': zip([
    { name: 'nvidia/cu13/lib/libcupti.so.13', content: 'cupti' },
    { name: 'nvidia/cu13/lib/libnvperf_host.so', content: 'only with CUDA' },
  ]),
};

let cache: string;
let folder: string;

beforeEach(() => {
  cache = cleanEnvironment();
  vi.stubEnv('CL_TORCH_LIBTORCH_SOURCE', 'wheel');
  folder = temporaryFolder();
});
afterEach(() => vi.unstubAllEnvs());

/** An interpreter whose pip, told `script`, stands in for an index. */
function fakePip(script: string): void {
  const python = join(folder, 'python');
  writeFileSync(python, `#!/bin/sh\n${script}\n`);
  chmodSync(python, 0o755);
  vi.stubEnv('CL_TORCH_PYTHON', python);
}

/** pip download that puts the wheels into --dest and keeps what it was asked for. */
function workingPip(): void {
  mkdirSync(join(folder, 'index'));
  for (const [name, content] of Object.entries(wheels)) writeFileSync(join(folder, 'index', name), content);
  fakePip(`
    echo "$@" > ${folder}/arguments
    while [ "$1" != --requirement ]; do shift; done
    cp "$2" ${folder}/requirements
    while [ "$1" != --dest ]; do shift; done
    cp ${folder}/index/*.whl "$2"`);
}

function resolve(options: { driver?: string } = {}): Promise<LibTorch> {
  return resolveLibTorch({ machine: machine(options), notices: lineNotices(() => {}) });
}

test('the CPU build takes three wheels and unpacks what it needs, side by side', async () => {
  workingPip();
  const found = await resolve();
  expect(found).toMatchObject({ version: '2.14.1', cuda: null, source: 'cache' });
  expect(readdirSync(found.libDir).sort()).toEqual(['libc10.so', 'libgomp.so.1', 'libtorch_cpu.so']);
  // Where the RPATH of the wheel's libraries, $ORIGIN/../../nvidia/cu13/lib, leads.
  expect(readdirSync(join(found.libDir, '../../nvidia/cu13/lib')).sort()).toEqual([
    'libcudart.so.13',
    'libcupti.so.13',
  ]);
  expect(readdirSync(join(found.root, '../nvidia/cu13'))).toEqual(['lib']);

  const requirements = readFileSync(join(folder, 'requirements'), 'utf8').trim().split('\n');
  expect(requirements).toHaveLength(3);
  for (const line of requirements) expect(line).toMatch(/^[a-z0-9-]+==[\d.]+ --hash=sha256:[0-9a-f]{64}$/);
  const args = readFileSync(join(folder, 'arguments'), 'utf8');
  expect(args).toContain('--require-hashes');
  expect(args).toContain('--no-deps --only-binary=:all:');
  expect(readdirSync(join(cache, 'libtorch'))).toEqual(['2.14.1-cpu-wheel']);
});

test('a driver that runs CUDA 13.0 brings the CUDA build, with NVIDIA’s libraries and headers', async () => {
  workingPip();
  const found = await resolve({ driver: '580.65.06' });
  expect(found.cuda).toBe('13.0');
  expect(readdirSync(found.libDir)).toContain('libtorch_cuda.so');
  expect(readdirSync(found.libDir)).not.toContain('libtorch_python.so');
  expect(readdirSync(join(found.root, '../nvidia/cu13/include'))).toEqual(['cuda_runtime_api.h']);
  expect(readdirSync(join(found.root, '../nvidia/cu13/lib')).sort()).toEqual([
    'libcudart.so.13',
    'libcupti.so.13',
    'libnvperf_host.so',
  ]);
  expect(readFileSync(join(folder, 'requirements'), 'utf8')).toMatch(/^nvidia-cublas==/m);
});

test.each([
  [
    'pip that fails',
    'echo "ERROR: No matching distribution found for torch==2.14.1" >&2; exit 1',
    'No matching distribution',
  ],
  ['an interpreter without pip', 'echo "python3: No module named pip" >&2; exit 1', 'No module named pip'],
  ['pip that brings nothing', 'exit 0', 'does not exist'],
])('%s is an error with the trail, and leaves nothing', async (_, script, reason) => {
  fakePip(script);
  await expect(resolve()).rejects.toMatchObject({
    code: 'LIBTORCH_NOT_FOUND',
    message: expect.stringMatching(
      new RegExp(`- LIBTORCH: not set[\\s\\S]*- download \\(wheel\\): [^\n]*${reason}`),
    ),
  });
  expect(readdirSync(join(cache, 'libtorch'))).toEqual([]);
});

test('no interpreter', async () => {
  vi.stubEnv('CL_TORCH_PYTHON', join(folder, 'no-python'));
  await expect(resolve()).rejects.toMatchObject({
    message: expect.stringContaining('there is no no-python'),
  });
});
