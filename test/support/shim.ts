import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './libtorch.js';

/** Calls that can be made to fail, each with the name of an error. */
export type Failures = Partial<
  Record<
    'link' | 'fchmod' | 'futimens' | 'fsync' | 'fsync-folder' | 'open-folder' | 'write',
    keyof typeof constants.errno
  >
>;

/**
 * The environment of a child for which calls fail, in and below `folder`, as on a file system that has no such thing;
 * null where there is no C compiler.
 */
export function shim(folder: string, failures: Failures): NodeJS.ProcessEnv | null {
  const library = join(temporaryFolder(), 'shim.so');
  const source = fileURLToPath(new URL('shim.c', import.meta.url));
  const { status, stderr } = spawnSync('cc', ['-fPIC', '-shared', '-o', library, source, '-ldl']);
  if (status === null) return null;
  if (status !== 0) throw new Error(`The shim does not compile: ${stderr}`);
  return { LD_PRELOAD: library, SHIM: shimList(failures), SHIM_FOLDER: folder };
}

/** The failures as the variable SHIM has them; a process may change its own. */
export function shimList(failures: Failures): string {
  return Object.entries(failures)
    .map(([call, code]) => `${call}:${constants.errno[code]}`)
    .join(',');
}
