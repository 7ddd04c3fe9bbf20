import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openingRemedy, whyUnreadable } from '../../files/index.js';
import type { CudaWish } from './settings.js';
import { isSupported, SUPPORTED_TEXT } from './version.js';

/** A LibTorch whose libraries are there: an addon that was built for its version can run with it. */
export interface Runtime {
  /** The folder that holds the libraries' folder. */
  readonly root: string;
  readonly libDir: string;
  /** Such as `2.14.1`; null when nothing tells. */
  readonly version: string | null;
  /** CUDA toolkit it was built with, such as `13.0`; null for a CPU build. */
  readonly cuda: string | null;
  /** Where it came from: `LIBTORCH`, `LIBTORCH_USE_PYTORCH`, `Torch_DIR`, `CMAKE_PREFIX_PATH`, `cache`, `system`. */
  readonly source: string;
}

/** A LibTorch that was checked and can be built against: its headers are there as well. */
export interface LibTorch extends Runtime {
  readonly includeDirs: readonly string[];
  readonly version: string;
}

export interface Requirements {
  readonly cuda: CudaWish;
  readonly anyVersion: boolean;
}

const LIB_FOLDERS = ['lib', 'lib64', 'lib/x86_64-linux-gnu'];
const VERSION_HEADERS = ['torch/headeronly/version.h', 'torch/csrc/api/include/torch/version.h'];

/** The LibTorch in `root` to run with, or in words why there is none. */
export function inspectRuntime(root: string, source: string): Runtime | string {
  const closed = whyClosed(root);
  if (closed !== null) return closed;
  if (!existsSync(root)) return `${root} does not exist`;
  const libDir = LIB_FOLDERS.map((folder) => join(root, folder)).find((folder) =>
    existsSync(join(folder, 'libtorch_cpu.so')),
  );
  if (libDir === undefined) return `libtorch_cpu.so is missing in ${join(root, 'lib')}${elsewhere(root)}`;
  if (!existsSync(join(libDir, 'libc10.so'))) return `libc10.so is missing in ${libDir}`;
  return { root, libDir, version: versionOf(root), cuda: cudaOf(root, libDir), source };
}

/** The LibTorch in `root` to build against, or in words why it cannot be used. */
export function inspectLibTorch(root: string, source: string, needs: Requirements): LibTorch | string {
  const closed = whyClosed(root);
  if (closed !== null) return closed;
  if (!existsSync(root)) return `${root} does not exist`;
  const include = join(root, 'include');
  if (!existsSync(join(include, 'ATen/ATen.h'))) {
    return `${join(include, 'ATen/ATen.h')} is missing, without which nothing can be built${elsewhere(root)}`;
  }
  const runtime = inspectRuntime(root, source);
  if (typeof runtime === 'string') return runtime;
  const version = versionOfHeaders(include);
  if (version === null) return `${join(include, VERSION_HEADERS[0] ?? '')} does not tell the version`;
  if (!needs.anyVersion && !isSupported(version)) {
    return `version ${version} is outside the supported range ${SUPPORTED_TEXT} (LIBTORCH_BYPASS_VERSION_CHECK=1 tries it all the same)`;
  }
  if (needs.cuda === 'on' && runtime.cuda === null)
    return `version ${version} in ${root} is a CPU build, and CL_TORCH_CUDA=on`;
  return { ...runtime, version, includeDirs: [include, join(include, 'torch/csrc/api/include')] };
}

/** Says where LibTorch lies when a folder above or inside the named one has it: a common slip. */
function elsewhere(root: string): string {
  const above = [dirname(root), dirname(dirname(root))];
  const inside = ['.', 'libtorch', 'torch'].flatMap((name) => subfolders(join(root, name)));
  const found = [...above, ...inside].find((folder) =>
    LIB_FOLDERS.some((libraries) => existsSync(join(folder, libraries, 'libtorch_cpu.so'))),
  );
  return found === undefined ? '' : `; there is a LibTorch in ${found}: name that folder`;
}

function subfolders(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => !entry.isFile()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

/** What is there, but not for this user, is neither missing nor gone; null when all that is there may be read. */
function whyClosed(root: string): string | null {
  const names = ['', 'include/ATen/ATen.h', ...LIB_FOLDERS.map((folder) => join(folder, 'libtorch_cpu.so'))];
  for (const path of names.map((name) => join(root, name))) {
    const reason = whyUnreadable(path);
    if (reason !== null) return `${reason}. ${openingRemedy(path)}`;
  }
  return null;
}

/** Where there are no headers a wheel says it in version.py, an archive in build-version. */
function versionOf(root: string): string | null {
  return (
    versionOfHeaders(join(root, 'include')) ??
    /^__version__ = '(\d+\.\d+\.\d+)/m.exec(readText(join(root, 'version.py')))?.[1] ??
    /^(\d+\.\d+\.\d+)/.exec(readText(join(root, 'build-version')))?.[1] ??
    null
  );
}

function versionOfHeaders(include: string): string | null {
  for (const header of VERSION_HEADERS) {
    const text = readText(join(include, header));
    const part = (name: string): string | undefined =>
      new RegExp(`^#define TORCH_VERSION_${name} (\\d+)`, 'm').exec(text)?.[1];
    const [major, minor, patch] = [part('MAJOR'), part('MINOR'), part('PATCH')];
    if (major && minor && patch) return `${major}.${minor}.${patch}`;
  }
  return null;
}

function cudaOf(root: string, libDir: string): string | null {
  const libraries = readdirSync(libDir);
  if (!libraries.includes('libtorch_cuda.so') || !libraries.includes('libc10_cuda.so')) return null;
  // A wheel says it in version.py, an archive in build-version (`2.14.1+cu130`).
  const python = /^cuda\b[^=\n]*=\s*['"]([\d.]+)['"]/m.exec(readText(join(root, 'version.py')))?.[1];
  const archive = /\+cu(\d+)(\d)\b/.exec(readText(join(root, 'build-version')));
  const bundled = /^libcudart\b.*\.so\.(\d+)/m.exec(libraries.join('\n'))?.[1];
  return python ?? (archive ? `${archive[1]}.${archive[2]}` : (bundled ?? 'unknown'));
}

function readText(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
