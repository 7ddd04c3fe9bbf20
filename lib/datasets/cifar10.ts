import type { DatasetDefinition } from './define.js';
import { cifar10Layout } from './formats/cifar.js';
import { cifar10Files } from './formats/cifar-files.js';
import { publishedCifar } from './published.js';

/**
 * Where the numbers come from: TensorFlow Datasets (url_checksums/cifar10.txt), the same as torchvision-ruby's; the MD5 sum
 * on the publisher's page, c32a1d4ab5d03f1284b67883e8d87530, is of a file of this size and SHA-256.
 */
export const cifar10: DatasetDefinition<'cifar10'> = {
  name: 'cifar10',
  title: 'colour pictures of 32 × 32 pixels, 10 classes (Krizhevsky, 2009)',
  classes: 10,
  normalisation: { means: [0.4914, 0.4822, 0.4465], deviations: [0.247, 0.2435, 0.2615] },
  ...publishedCifar(cifar10Files, cifar10Layout, {
    bytes: 170_052_171,
    sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
  }),
  places: [],
};
