import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MNIST_FOLDER, TINY } from './idx.js';

/** A folder of a test's own, with a place for the cache in it, and what a test puts into both. */
export class DataFolders {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'cl-torch-data-'));
  readonly cache: string = join(this.folder, 'cache');

  /** Writes the tiny data set, with some files replaced or (null) left out. */
  own(changes: Record<string, Buffer | null> = {}, rename = (name: string): string => name): string {
    const own = join(this.folder, 'own');
    mkdirSync(own);
    for (const [name, bytes] of Object.entries({ ...TINY, ...changes })) {
      if (bytes !== null) writeFileSync(join(own, rename(name)), bytes);
    }
    return own;
  }

  /** Puts the real MNIST files into the cache, with some replaced. */
  fillMnistCache(changes: Record<string, Buffer> = {}): string {
    const target = join(this.cache, 'data', 'mnist');
    mkdirSync(target, { recursive: true });
    for (const name of Object.keys(TINY)) {
      const bytes = changes[name];
      if (bytes) writeFileSync(join(target, name), bytes);
      else symlinkSync(join(MNIST_FOLDER, name), join(target, name));
    }
    return target;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** The labels of MNIST's test images, one of them wrong. */
export function flippedTestLabels(): Buffer {
  const bytes = readFileSync(join(MNIST_FOLDER, 't10k-labels-idx1-ubyte'));
  bytes[5000] = ((bytes[5000] ?? 0) + 1) % 10;
  return bytes;
}
