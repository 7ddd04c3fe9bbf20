import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readJsonSync } from '../files/index.js';
import type { LibTorch } from '../libtorch/inspect.js';
import { addonFile, BUILD_DIR, BUILT_ADDON, PACKAGE_DIR } from './location.js';
import { requireReadable } from './readable.js';

/** What an addon was built from; it lies beside the addon. */
export interface BuildRecord {
  /** `cuda` is null when the addon was built without CUDA, whatever the LibTorch has. */
  readonly libtorch: Pick<LibTorch, 'root' | 'libDir' | 'version' | 'cuda' | 'source'>;
  /** SHA-256 over the C++ sources and the CMake files. */
  readonly sourceHash: string;
  /** Version of the Node.js that built it, such as `v20.19.0`. */
  readonly node: string;
  /** ISO 8601 date and time. */
  readonly builtAt: string;
}

export const RECORD_FILE: string = BUILT_ADDON.replace(/\.node$/, '.json');

export function readRecord(): BuildRecord | null {
  try {
    return readJsonSync(RECORD_FILE) as BuildRecord;
  } catch {
    return null;
  }
}

/** SHA-256 over the names and contents of everything the addon is compiled from. */
export function sourceHash(): string {
  const hash = createHash('sha256');
  const trees = ['native', 'cmake'].flatMap((folder) =>
    readdirSync(join(PACKAGE_DIR, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(cpp|h|cu|cmake)$/.test(name))
      .map((name) => `${folder}/${name}`),
  );
  for (const name of [...trees, 'CMakeLists.txt'].sort()) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(PACKAGE_DIR, name)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Why the addon must be built (again); null when it is prebuilt or current. Costs a few milliseconds. */
export function buildReason(): string | null {
  return isPrebuilt() ? null : staleReason();
}

/** Whether the addon that is loaded is not one that was built here. */
export function isPrebuilt(): boolean {
  const file = addonFile();
  return file !== null && !file.startsWith(BUILD_DIR);
}

/** Why the own build is missing or out of date; null when it is current. Throws what {@link requireReadable} does. */
export function staleReason(): string | null {
  const record = readRecord();
  requireReadable(BUILT_ADDON, record?.libtorch.libDir);
  if (record === null || !existsSync(BUILT_ADDON)) return 'it has not been built yet';
  if (record.sourceHash !== sourceHash()) return 'its sources have changed';
  return environmentMismatch(record.libtorch, process.env);
}

/** Why an addon built for `libtorch` is not the one the environment asks for; null when it is. */
export function environmentMismatch(
  libtorch: BuildRecord['libtorch'],
  env: NodeJS.ProcessEnv,
): string | null {
  if (!existsSync(join(libtorch.libDir, 'libtorch_cpu.so'))) {
    return `the LibTorch it was built for is gone from ${libtorch.libDir}`;
  }
  if (env.LIBTORCH && resolve(env.LIBTORCH) !== resolve(libtorch.root)) {
    return `LIBTORCH is ${env.LIBTORCH}, and it was built for ${libtorch.root}`;
  }
  if (!env.LIBTORCH && env.LIBTORCH_USE_PYTORCH === '1' && libtorch.source !== 'LIBTORCH_USE_PYTORCH') {
    return `LIBTORCH_USE_PYTORCH is set, and it was built for ${libtorch.root}`;
  }
  if (env.CL_TORCH_CUDA === 'on' && libtorch.cuda === null) {
    return 'CL_TORCH_CUDA is on, and it was built without CUDA';
  }
  if (env.CL_TORCH_CUDA === 'off' && libtorch.cuda !== null) {
    return 'CL_TORCH_CUDA is off, and it was built with CUDA';
  }
  return null;
}
