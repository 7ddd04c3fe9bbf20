import type { DatasetDefinition } from './define.js';
import { cifar100Layout } from './formats/cifar.js';
import { cifar100Files } from './formats/cifar-files.js';
import { publishedCifar } from './published.js';

/** Where the numbers come from: TensorFlow Datasets (url_checksums/cifar100.txt), the same as torchvision-ruby's. */
export const cifar100: DatasetDefinition<'cifar100'> = {
  name: 'cifar100',
  title: 'colour pictures of 32 × 32 pixels, 100 classes (Krizhevsky, 2009)',
  classes: 100,
  normalisation: { means: [0.5071, 0.4867, 0.4408], deviations: [0.2675, 0.2565, 0.2761] },
  ...publishedCifar(cifar100Files, cifar100Layout, {
    bytes: 168_513_733,
    sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
  }),
  places: [],
};
