import { accessSync, constants, lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { makeFolder } from './folder.js';
import { behindLink } from './look.js';
import { systemError } from './trouble.js';

/** What a path leads to when something is written to it. */
export type Target =
  /** Nothing is there yet, but its folder is. */
  | { readonly kind: 'new'; readonly path: string }
  /** A regular file that may be written. */
  | { readonly kind: 'file'; readonly path: string; readonly stats: Stats }
  /** A device, a named pipe: it is opened and written, never replaced. */
  | { readonly kind: 'stream'; readonly path: string }
  /** A descriptor that this process has open, as /dev/stdout and the shell's `>( )` are. */
  | { readonly kind: 'descriptor'; readonly descriptor: number };

/** As many as Linux follows. */
const MOST_LINKS = 40;

/**
 * Follows the symbolic links of an output path and makes the folders that are missing. Relative paths are those of the
 * moment of the call.
 *
 * @throws Node's system errors: EISDIR for a folder, EACCES for a file that may not be written (root, who may write
 * anything, is held to the file's mode as well), ELOOP for links in a circle, and what the file system says.
 */
export function targetOf(path: string): Target {
  requireFileName(path);
  let place = resolve(path);
  for (let links = 0; links <= MOST_LINKS; ++links) {
    makeFolder(dirname(place));
    const folder = realpathSync.native(dirname(place)); // Node's own would leave out `link/..`
    const found = join(folder, basename(place));
    const descriptor = descriptorOf(found);
    if (descriptor) return descriptor;
    const stats = lstatSync(found, { throwIfNoEntry: false });
    if (stats === undefined) return { kind: 'new', path: found };
    if (!stats.isSymbolicLink()) return settled(found, stats);
    place = behindLink(folder, readlinkSync(found));
    requireFileName(place);
  }
  throw systemError('ELOOP', 'its symbolic links lead in a circle');
}

function requireFileName(path: string): void {
  if (path === '' || /\/\.{0,2}$/.test(path)) throw systemError('EISDIR', 'that is the name of a folder');
}

/** A link in /proc/PID/fd names no path: it is the open file itself. */
function descriptorOf(path: string): Target | undefined {
  const [, pid, number] = /^\/proc\/(\d+)\/(?:task\/\d+\/)?fd\/(\d+)$/.exec(path) ?? [];
  if (number === undefined) return undefined;
  const descriptor = Number(number);
  return Number(pid) === process.pid ? { kind: 'descriptor', descriptor } : { kind: 'stream', path };
}

function settled(path: string, stats: Stats): Target {
  if (stats.isDirectory()) throw systemError('EISDIR', 'a folder of that name is there');
  if (!stats.isFile()) return { kind: 'stream', path };
  accessSync(path, constants.W_OK);
  const writers = stats.uid === process.geteuid?.() ? 0o200 : 0o222;
  if ((stats.mode & writers) === 0) {
    throw systemError('EACCES', `the file is read-only (mode ${(stats.mode & 0o777).toString(8)})`);
  }
  return { kind: 'file', path, stats };
}

/** Whether what is written to the path goes where the process's own standard output does. */
export function isStandardOutput(path: string): boolean {
  const target = targetOf(path);
  return target.kind === 'descriptor' && target.descriptor === 1;
}
