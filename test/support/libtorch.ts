import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { Machine } from '../../lib/setup/libtorch/resolve.js';
import type { ZipMember } from './zip.js';

/** A new temporary folder, removed when the test ends. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cl-torch-test-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Unsets every variable that says something about LibTorch and gives the test a cache of its own. */
export function cleanEnvironment(): string {
  const names = [
    ...[
      'LIBTORCH',
      'LIBTORCH_USE_PYTORCH',
      'LIBTORCH_BYPASS_VERSION_CHECK',
      'Torch_DIR',
      'CMAKE_PREFIX_PATH',
    ],
    ...['CL_TORCH_CUDA', 'CL_TORCH_OFFLINE', 'CL_TORCH_PYTHON', 'CL_TORCH_NO_BUILD', 'CL_TORCH_PREBUILD'],
    ...['CL_TORCH_LIBTORCH_SOURCE', 'CL_TORCH_LIBTORCH_URL', 'CL_TORCH_LIBTORCH_SHA256'],
    ...['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'],
  ];
  for (const name of names) vi.stubEnv(name, undefined);
  const cache = temporaryFolder();
  vi.stubEnv('CL_TORCH_CACHE', cache);
  return cache;
}

export interface FakeLibTorch {
  readonly version?: string;
  /** `13.0` makes it a CUDA build. */
  readonly cuda?: string;
}

/** The files by which a LibTorch is told, with no code in them. */
export function fakeFiles({ version = '2.14.1', cuda }: FakeLibTorch = {}): Record<string, string> {
  const [major, minor, patch] = version.split('.');
  return {
    'include/ATen/ATen.h': '#pragma once\n',
    'include/torch/headeronly/version.h': `#define TORCH_VERSION_MAJOR ${major}\n\n#define TORCH_VERSION_MINOR ${minor}\n#define TORCH_VERSION_PATCH ${patch}\n`,
    'lib/libtorch_cpu.so': 'cpu',
    'lib/libc10.so': 'c10',
    ...(cuda === undefined
      ? {}
      : {
          'lib/libtorch_cuda.so': 'cuda',
          'lib/libc10_cuda.so': 'c10 cuda',
          'build-version': `${version}+cu${cuda.replace('.', '')}\n`,
        }),
  };
}

/** Makes such a LibTorch; returns its root. */
export function fakeLibTorch(root: string, kind: FakeLibTorch = {}): string {
  writeTree(root, fakeFiles(kind));
  return root;
}

export function writeTree(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

/** The members of an archive that holds such a LibTorch under the folder `top`. */
export function fakeMembers(top: string, kind: FakeLibTorch = {}): ZipMember[] {
  return Object.entries(fakeFiles(kind)).map(([name, content]) => ({ name: `${top}/${name}`, content }));
}

/** A machine without a LibTorch of the system's and without a GPU, unless told otherwise. */
export function machine({
  roots = [],
  driver = null,
}: {
  roots?: string[];
  driver?: string | null;
} = {}): Machine {
  return { systemRoots: async () => roots, driverVersion: async () => driver };
}
