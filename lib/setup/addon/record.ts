import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readJsonSync } from '../../files/index.js';
import type { LibTorch } from '../libtorch/inspect.js';
import { BUILT_ADDON, PACKAGE_DIR } from './location.js';

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

/** What an addon needs of a LibTorch, as its file and what lies beside it tell. */
export interface BuiltFor {
  /** Such as `2.14.1`; null for a file that does not tell. */
  readonly version: string | null;
  /** Whether it is linked to CUDA. */
  readonly cuda: boolean;
  /** The libraries' folder it was built for; null when that is gone. */
  readonly libDir: string | null;
  /** What it was built from; null where no record lies beside it. */
  readonly record: BuildRecord | null;
}

export const RECORD_FILE: string = recordFile(BUILT_ADDON);

/** Name of the link beside an addon by which it finds LibTorch's libraries; CMakeLists.txt tells it to the addon. */
export const LIBTORCH_LINK = 'libtorch';

/** The record beside an addon, by default the one built here; null when there is none that can be read. */
export function readRecord(addon: string = BUILT_ADDON): BuildRecord | null {
  try {
    return readJsonSync(recordFile(addon)) as BuildRecord;
  } catch {
    return null;
  }
}

function recordFile(addon: string): string {
  return addon.replace(/\.node$/, '.json');
}

/** Reads an addon without loading it. A file that is no addon tells nothing. */
export function builtFor(addon: string): BuiltFor {
  const bytes = readFileSync(addon);
  const mark = bytes.indexOf('cl_torch_built_for=');
  const text = mark < 0 ? '' : bytes.toString('latin1', mark, mark + 40);
  const record = readRecord(addon);
  return {
    version: /=(\d+\.\d+\.\d+);/.exec(text)?.[1] ?? record?.libtorch.version ?? null,
    cuda: bytes.includes('libtorch_cuda.so\0'),
    libDir: linkedLibDir(addon) ?? realLibDir(record?.libtorch.libDir),
    record,
  };
}

/** The libraries' folder that the link beside an addon leads to; null when it leads to none. */
export function linkedLibDir(addon: string): string | null {
  return realLibDir(join(dirname(addon), LIBTORCH_LINK));
}

/** The folder itself, without links, if it holds LibTorch; else null. */
export function realLibDir(folder: string | undefined): string | null {
  const isThere = folder !== undefined && existsSync(join(folder, 'libtorch_cpu.so'));
  return isThere ? realpathSync(folder) : null;
}

/**
 * SHA-256 over the names and contents of everything the addon is compiled from; null where the sources are not there, as
 * in an image that holds only what runs.
 */
export function sourceHash(): string | null {
  const folders = ['native', 'cmake'];
  if (![...folders, 'CMakeLists.txt'].every((name) => existsSync(join(PACKAGE_DIR, name)))) return null;
  const hash = createHash('sha256');
  const trees = folders.flatMap((folder) =>
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
