import { gzipSync } from 'node:zlib';
import { tar } from './tar.js';

/** A picture of 32 × 32 pixels: red, green and blue of a pixel. */
export type Painter = (label: number, x: number, y: number) => readonly [number, number, number];

/**
 * Rows as https://www.cs.toronto.edu/~kriz/cifar.html describes the binary version: the labels of a row, then 1024 bytes of
 * red, 1024 of green and 1024 of blue, each row by row.
 */
export function cifarRows(rows: readonly (readonly number[])[], paint: Painter): Buffer {
  const bytes: number[] = [];
  for (const labels of rows) {
    bytes.push(...labels);
    for (const channel of [0, 1, 2]) {
      for (let y = 0; y < 32; ++y) {
        for (let x = 0; x < 32; ++x) bytes.push(paint(labels.at(-1) ?? 0, x, y)[channel] ?? 0);
      }
    }
  }
  return Buffer.from(bytes);
}

/** Columns of stripes light up by the class, so that it can be learnt. */
export const stripes: Painter = (label, x, y) => [
  x % 10 === label ? 255 : 0,
  (7 * x + 13 * y) % 64,
  y % 10 === label ? 200 : 3 * y,
];

const NAMES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/** The files of CIFAR-10's binary version, with so many rows of each class in each. */
export function cifar10Files(each = 1): Record<string, Buffer> {
  const labels = Array.from({ length: 10 * each }, (_, row) => [row % 10]);
  const batch = cifarRows(labels, stripes);
  const batches = [1, 2, 3, 4, 5].map((number) => [`data_batch_${number}.bin`, batch] as const);
  return {
    'batches.meta.txt': Buffer.from(`${NAMES.join('\n')}\n\n`),
    ...Object.fromEntries(batches),
    'test_batch.bin': batch,
  };
}

/** The archive as it is published. */
export function cifar10Archive(files: Readonly<Record<string, Buffer>> = cifar10Files()): Buffer {
  return gzipSync(archived('cifar-10-batches-bin', files));
}

export function archived(folder: string, files: Readonly<Record<string, Buffer>>): Buffer {
  return tar(Object.entries(files).map(([name, content]) => ({ name: `${folder}/${name}`, content })));
}
