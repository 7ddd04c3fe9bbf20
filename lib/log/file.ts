import { closeSync, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ClTorchError, messageOf } from '../errors.js';

/**
 * A file that only grows. Each `append` is with the operating system when it returns, so that a reader sees it at once
 * and a killed process loses nothing of it.
 */
export class GrowingFile {
  readonly #path: string;
  readonly #flag: string;
  #descriptor: number | undefined;

  private constructor(path: string, flag: string, descriptor: number) {
    this.#path = path;
    this.#flag = flag;
    this.#descriptor = descriptor;
  }

  /**
   * Makes the folders above it where there are none.
   *
   * @param mode - `a` appends to what is there; `ax` refuses a file that is there.
   * @param flag - The command-line option that named it, for the error's text.
   * @throws {ClTorchError} OUTPUT_FAILED.
   */
  static open(path: string, mode: 'a' | 'ax', flag: string): GrowingFile {
    return attempt(path, flag, () => {
      mkdirSync(dirname(path), { recursive: true });
      return new GrowingFile(path, flag, openSync(path, mode));
    });
  }

  append(bytes: Uint8Array): void {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) throw new ClTorchError('DISPOSED', `'${this.#path}' is closed already.`);
    attempt(this.#path, this.#flag, () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    });
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

/** Whether a file ends in the middle of a line, as one does whose writer was killed. */
export function endsInsideLine(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false });
  if (!file?.isFile() || file.size === 0) return false;
  const descriptor = openSync(path, 'r');
  try {
    const last = new Uint8Array(1);
    readSync(descriptor, last, 0, 1, file.size - 1);
    return last[0] !== 0x0a;
  } finally {
    closeSync(descriptor);
  }
}

/** Does it, and tells a failure as one to write `path`. */
export function attempt<T>(path: string, flag: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new ClTorchError(
      'OUTPUT_FAILED',
      `Cannot write '${path}': ${messageOf(error)}. Check its permissions and the free space, or name another with ${flag}.`,
      { cause: error },
    );
  }
}
