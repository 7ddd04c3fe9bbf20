import { userInfo } from 'node:os';
import { ClTorchError, codeOf, isClTorchError, messageOf } from '../base/errors.js';

/** What was to be written, as an error tells it. */
export interface Subject {
  /** The beginning of the message, such as `Cannot write 'a.html'`. */
  readonly what: string;
  /** What else a person can do, such as `name another file`. */
  readonly elsewhere: string;
}

export function fileSubject(path: string): Subject {
  return { what: `Cannot write '${path}'`, elsewhere: 'name another file' };
}

/** An error as Node's own are, for what is refused before the system is asked. */
export function systemError(code: string, reason: string): Error {
  return Object.assign(new Error(`${code}: ${reason}`), { code });
}

/**
 * A failure to write, in words for people.
 *
 * @param afterwards - A sentence about what is there now.
 */
export function outputFailed(error: unknown, { what, elsewhere }: Subject, afterwards = ''): ClTorchError {
  if (isClTorchError(error)) return error;
  const text = `${what}: ${reasonOf(error)}. ${remedyFor(codeOf(error))}, or ${elsewhere}.`;
  return new ClTorchError('OUTPUT_FAILED', afterwards === '' ? text : `${text} ${afterwards}`, {
    cause: error,
  });
}

/** Who this process is for the file system, such as `user build (1000)`. */
export function thisUser(): string {
  const id = process.geteuid?.();
  try {
    return `user ${userInfo().username} (${id})`;
  } catch {
    return `user ${id}`; // without an entry in the password file
  }
}

/** Node's message without the call and the path, which may be a temporary file's: `ENOSPC: no space left on device`. */
function reasonOf(error: unknown): string {
  return messageOf(error).replace(/, \w+(?: '.*)?$/s, '');
}

function remedyFor(code: string | undefined): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'Make free space on that disk';
    case 'EROFS':
      return 'That file system is read-only: mount it for writing';
    case 'EACCES':
    case 'EPERM':
      return `Check the permissions (this is ${thisUser()})`;
    case 'ERR_ACCESS_DENIED':
      return 'Node.js was started with its permission model: start it with --allow-fs-write for that place as well';
    case 'EISDIR':
      return 'Name a file in that folder';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'A file is where a folder must be: move it away';
    case 'ENAMETOOLONG':
      return 'Shorten it: a name has 255 bytes at most, a path 4095';
    case 'ELOOP':
      return 'Mend the symbolic links';
    case 'EPIPE':
    case 'ENXIO':
      return 'Nothing reads at the other end: start the reader first';
    default:
      return 'Check the folder, its permissions and the free space';
  }
}
