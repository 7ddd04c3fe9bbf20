import { accessSync, constants, readlinkSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { codeOf } from '../base/errors.js';
import { thisUser } from './trouble.js';

/** What is at a path: `hidden` when this user may not see whether anything is. */
export type Sight = 'file' | 'folder' | 'special' | 'nothing' | 'hidden';

/** Looks at a path, its symbolic links followed. That nothing may be seen there is not that nothing is there. */
export function lookAt(path: string): Sight {
  const stats = statsOf(path);
  if (stats === 'nothing' || stats === 'hidden') return stats;
  if (stats.isDirectory()) return 'folder';
  return stats.isFile() ? 'file' : 'special';
}

/** Whether something is there, or may be: see {@link whyUnreadable}. */
export function exists(path: string): boolean {
  return lookAt(path) !== 'nothing';
}

/**
 * Why this user cannot read the file or folder, with who it is and what stands in the way, such as `user build (1000)
 * may not open /root (mode 700 of user 0)`. Null when it can be read, and when it is not there.
 */
export function whyUnreadable(path: string): string | null {
  const sight = lookAt(path);
  if (sight === 'nothing') return null;
  const way = sight === 'folder' ? constants.R_OK | constants.X_OK : constants.R_OK;
  return sight !== 'hidden' && may(path, way) ? null : refusal(obstacle(path));
}

/**
 * The remedy that goes with {@link whyUnreadable}. A folder on the way, which may be somebody's home, is only made to let
 * users pass: neither its list nor anything else in it is opened.
 */
export function openingRemedy(path: string): string {
  const closed = obstacle(path);
  return `As the owner run: chmod ${closed === path ? '-R a+rX' : 'a+x'} '${closed}'`;
}

/** What may be seen but not opened: the path itself, or the folder on the way to it that is closed. */
function obstacle(path: string): string {
  if (lookAt(path) !== 'hidden') return path;
  const link = linkAt(path);
  return obstacle(link === null ? dirname(path) : behindLink(dirname(path), link));
}

/** Where the symbolic link at a path leads, as it is written there; null where there is none. */
export function linkAt(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/**
 * The path that a link in the folder leads to. Nothing in it is left out: `latest/..` is where the kernel says, the folder
 * above the one that `latest` leads to.
 */
export function behindLink(folder: string, link: string): string {
  return isAbsolute(link) ? link : `${folder}/${link}`;
}

function refusal(path: string): string {
  const stats = statsOf(path);
  const details =
    typeof stats === 'string' ? '' : ` (mode ${(stats.mode & 0o777).toString(8)}, of user ${stats.uid})`;
  return `${thisUser()} may not read ${path}${details}`;
}

function statsOf(path: string): Stats | 'nothing' | 'hidden' {
  try {
    return statSync(path);
  } catch (error) {
    return ['EACCES', 'EPERM'].includes(codeOf(error) ?? '') ? 'hidden' : 'nothing';
  }
}

function may(path: string, way: number): boolean {
  try {
    accessSync(path, way);
    return true;
  } catch {
    return false;
  }
}
