import { ClTorchError, codeOf, messageOf } from '../base/errors.js';

/** What a file is, in messages: `model`, `checkpoint`, … */
export type FileKind = string;

/** Its bytes are not what was written. */
export function damaged(path: string, kind: FileKind, why: string, cause?: unknown): ClTorchError {
  return new ClTorchError(
    'FILE_DAMAGED',
    `The ${kind} file '${path}' is damaged: ${why}. Its bytes changed after it was written, or it was not written to ` +
      'its end. Restore it from a copy, or make it anew.',
    { cause },
  );
}

/** It is something else. */
export function foreign(path: string, kind: FileKind, why: string, cause?: unknown): ClTorchError {
  return new ClTorchError(
    'FILE_FOREIGN',
    `'${path}' is no ${kind} file of cl-torch: ${why}. Check the path; a file of that name may be another program's.`,
    { cause },
  );
}

/** A later version of this package wrote it. */
export function tooNew(path: string, kind: FileKind, found: number, known: number): ClTorchError {
  return new ClTorchError(
    'FILE_TOO_NEW',
    `The ${kind} file '${path}' has format version ${found}; this version of cl-torch reads ${known}. ` +
      'Update cl-torch, or use the version that wrote the file.',
  );
}

/** A version of this package wrote it whose files this one does not read. */
export function tooOld(path: string, kind: FileKind, found: number, known: number): ClTorchError {
  return new ClTorchError(
    'FILE_TOO_OLD',
    `The ${kind} file '${path}' has format version ${found}, which a cl-torch before 0.1.0 wrote; this version reads ` +
      `${known}. Use the version that wrote the file, or make it anew (a run: the same command with --force).`,
  );
}

/** It is whole, but of another model. */
export function mismatch(path: string, kind: FileKind, why: string, cause?: unknown): ClTorchError {
  return new ClTorchError(
    'FILE_MISMATCH',
    `The ${kind} file '${path}' does not fit: ${why} Use the file that belongs to this model.`,
    { cause },
  );
}

/**
 * The bytes of a file, which must be such that they can be read again: others must not take the place of a good file.
 * @throws {ClTorchError} OUTPUT_FAILED with what `encode` throws.
 */
export function encoded(path: string, kind: FileKind, encode: () => Uint8Array): Uint8Array {
  try {
    return encode();
  } catch (error) {
    throw new ClTorchError(
      'OUTPUT_FAILED',
      `The ${kind} file '${path}' is not written: it could not be read again (${messageOf(error)}). A file that was ` +
        'there is as it was.',
      { cause: error },
    );
  }
}

/** What reading a file failed with, in words for people: there is none, or it cannot be read. */
export function cannotRead(path: string, kind: FileKind): (error: unknown) => never {
  return (error) => {
    if (codeOf(error) === 'ENOENT') throw notFound(path, kind, error);
    if (codeOf(error) === 'ERR_ACCESS_DENIED') {
      throw new ClTorchError(
        'FILE_NOT_FOUND',
        `The ${kind} file '${path}' may not be read: Node.js was started with its permission model. Start it with ` +
          '--allow-fs-read for that place as well.',
        { cause: error },
      );
    }
    throw foreign(path, kind, `it cannot be read (${messageOf(error)})`, error);
  };
}

/** There is none. */
export function notFound(path: string, kind: FileKind, cause?: unknown): ClTorchError {
  return new ClTorchError('FILE_NOT_FOUND', `There is no ${kind} file '${path}'. Check the path.`, { cause });
}
