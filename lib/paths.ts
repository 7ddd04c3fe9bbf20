import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * A path inside the cache that all checkouts and versions share: `CL_TORCH_CACHE`, else
 * `$XDG_CACHE_HOME/cl-torch`, else `~/.cache/cl-torch`. Creates nothing.
 */
export function cacheDir(...parts: string[]): string {
  return resolve(cacheRoot(process.env), ...parts);
}

function cacheRoot(env: NodeJS.ProcessEnv): string {
  if (env.CL_TORCH_CACHE) return env.CL_TORCH_CACHE;
  // The XDG base directory specification: a relative value is invalid and must be ignored.
  if (env.XDG_CACHE_HOME?.startsWith('/')) return join(env.XDG_CACHE_HOME, 'cl-torch');
  return join(homedir(), '.cache', 'cl-torch');
}
