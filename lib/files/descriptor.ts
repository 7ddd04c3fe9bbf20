import { writeSync } from 'node:fs';
import { codeOf } from '../base/errors.js';

const PAUSE_MS = 5;

/** Writes as much as the descriptor takes now; 0 bytes where its reader is behind and it does not wait. */
export function writeSome(descriptor: number, bytes: Uint8Array): number {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return 0;
    throw error;
  }
}

/** Writes all of it before it returns. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    const written = writeSome(descriptor, bytes.subarray(done));
    if (written === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    done += written;
  }
}
