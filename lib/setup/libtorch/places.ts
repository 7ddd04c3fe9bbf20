import { execFile } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { codeOf, messageOf } from '../../base/errors.js';
import { exists } from '../../files/index.js';

const run = promisify(execFile);

/**
 * Roots a CMake prefix may stand for: itself, or the folder above `share/cmake`, which is what
 * `torch.utils.cmake_prefix_path` gives.
 */
export function rootsOfPrefix(prefix: string): string[] {
  return prefix.replace(/\/+$/, '').endsWith('/share/cmake') ? [resolve(prefix, '../..')] : [resolve(prefix)];
}

/** Root a `Torch_DIR` (`<root>/share/cmake/Torch`) stands for. */
export function rootOfTorchDir(torchDir: string): string {
  return resolve(torchDir, '../../..');
}

/** Folder of the torch package of a Python interpreter (it is not imported: that takes seconds), or why there is none. */
export async function pyTorchRoot(python: string): Promise<{ root: string } | string> {
  const script =
    "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')";
  try {
    const root = (await run(python, ['-c', script], { timeout: 30_000 })).stdout.trim();
    return root === '' ? `${python} has no package torch` : { root };
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? `there is no ${python}` : `${python} failed: ${messageOf(error)}`;
  }
}

/** Roots of the LibTorch builds the system's own folders and the dynamic linker's cache know. */
export async function systemRoots(): Promise<string[]> {
  const prefixes = ['/usr/local', '/usr'].filter((prefix) => exists(join(prefix, 'include/ATen/ATen.h')));
  return [...new Set([...prefixes, ...(await linkerCacheRoots())])];
}

async function linkerCacheRoots(): Promise<string[]> {
  const ldconfig = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find((file) => exists(file));
  if (ldconfig === undefined) return [];
  try {
    const { stdout } = await run(ldconfig, ['-p'], { timeout: 10_000, maxBuffer: 1e8 });
    return [...stdout.matchAll(/libtorch_cpu\.so .*=> (\S+)/g)].map(([, file = '']) =>
      dirname(dirname(file).replace(/\/x86_64-linux-gnu$/, '')),
    );
  } catch {
    return []; // no linker cache, as on musl: nothing to add
  }
}
