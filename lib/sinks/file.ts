import { closeSync, openSync, readSync, type Stats } from 'node:fs';
import { ClTorchError } from '../base/errors.js';
import { outputFailed, targetOf, writeAll } from '../files/index.js';

/**
 * A file that only grows. Each `append` is with the operating system when it returns, so that a reader sees it at once
 * and a killed process loses nothing of it.
 */
export class GrowingFile {
  readonly #path: string;
  readonly #flag: string;
  /** A descriptor that was open before, such as standard output, is not this file's to close. */
  readonly #isCustom: boolean;
  #descriptor: number | undefined;

  private constructor(path: string, flag: string, descriptor: number, isCustom: boolean) {
    this.#path = path;
    this.#flag = flag;
    this.#descriptor = descriptor;
    this.#isCustom = isCustom;
  }

  /**
   * Makes the folders above it where there are none. A named pipe, a device or /dev/stdout is written to as it is.
   *
   * @param mode - `a` appends to what is there, after the end of a last line that its writer, killed, left without one;
   * `ax` refuses a file that is there.
   * @param flag - The command-line option that named it, for the error's text.
   * @throws {ClTorchError} OUTPUT_FAILED.
   */
  static open(path: string, mode: 'a' | 'ax', flag: string): GrowingFile {
    return attempt(path, flag, () => {
      const target = targetOf(path);
      if (target.kind === 'descriptor') return new GrowingFile(path, flag, target.descriptor, false);
      const isCut = target.kind === 'file' && endsInsideLine(target.path, target.stats);
      const file = new GrowingFile(path, flag, openSync(target.path, mode), true);
      if (isCut && mode === 'a') file.append(Buffer.from('\n'));
      return file;
    });
  }

  append(bytes: Uint8Array): void {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) throw new ClTorchError('DISPOSED', `'${this.#path}' is closed already.`);
    attempt(this.#path, this.#flag, () => writeAll(descriptor, bytes));
  }

  close(): void {
    if (this.#descriptor !== undefined && this.#isCustom) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function endsInsideLine(path: string, { size }: Stats): boolean {
  if (size === 0) return false;
  const descriptor = openSync(path, 'r');
  try {
    const last = new Uint8Array(1);
    readSync(descriptor, last, 0, 1, size - 1);
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
    throw outputFailed(error, { what: `Cannot write '${path}'`, elsewhere: `name another with ${flag}` });
  }
}
