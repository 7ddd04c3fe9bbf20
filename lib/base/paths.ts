import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { ClTorchError, messageOf } from './errors.js';

/**
 * A path inside the cache that all checkouts and versions share: `CL_TORCH_CACHE`, else
 * `$XDG_CACHE_HOME/cl-torch`, else `~/.cache/cl-torch`. Creates nothing.
 * @throws {ClTorchError} CONFIG_INVALID where there is no such place: the user has no home folder.
 */
export function cacheDir(...parts: string[]): string {
  return resolve(cacheRoot(process.env), ...parts);
}

/** The same, but null where there is no such place. */
export function cacheDirIfAny(...parts: string[]): string | null {
  try {
    return cacheDir(...parts);
  } catch {
    return null;
  }
}

/**
 * The absolute path that a path means now: a later change of the current directory does not change it.
 * @throws {ClTorchError} INVALID_ARGUMENT for a relative path where the current directory was removed.
 */
export function absolute(path: string): string {
  try {
    return path.endsWith('/') ? join(resolve(path), '/') : resolve(path); // the slash says that it is a folder
  } catch (error) {
    throw new ClTorchError(
      'INVALID_ARGUMENT',
      `'${path}' is relative, and there is no current directory (${messageOf(error)}). Give an absolute path.`,
      { cause: error },
    );
  }
}

/** A path for people: from the current directory on where it lies in there. */
export function displayed(path: string): string {
  try {
    const here = relative('', path);
    return here.startsWith('..') ? path : here;
  } catch {
    return path; // there is no current directory
  }
}

function cacheRoot(env: NodeJS.ProcessEnv): string {
  if (env.CL_TORCH_CACHE) return env.CL_TORCH_CACHE;
  // The XDG base directory specification: a relative value is invalid and must be ignored.
  if (env.XDG_CACHE_HOME?.startsWith('/')) return join(env.XDG_CACHE_HOME, 'cl-torch');
  return join(home(), '.cache', 'cl-torch');
}

/** Node throws where HOME is not set and the user has no entry in the password file, as in containers. */
function home(): string {
  try {
    return homedir();
  } catch (error) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `There is no place for the cache: this user has no home folder (${messageOf(error)}). Set CL_TORCH_CACHE to a ` +
        'folder that may be written.',
      { cause: error },
    );
  }
}
