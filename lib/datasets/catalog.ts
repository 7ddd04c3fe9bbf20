import { ClTorchError } from '../base/errors.js';
import { shown } from '../base/values.js';
import { cifar10 } from './cifar10.js';
import { cifar100 } from './cifar100.js';
import { cub200 } from './cub200.js';
import type { DatasetDefinition } from './define.js';
import { digits } from './digits.js';
import { fashionMnist } from './fashion-mnist.js';
import { kmnist } from './kmnist.js';
import { mnist } from './mnist.js';

/** The data sets this package knows where to find and how to check; the first one is the default. The only place that lists them. */
export const datasets: readonly [
  typeof mnist,
  typeof fashionMnist,
  typeof kmnist,
  typeof digits,
  typeof cifar10,
  typeof cifar100,
  typeof cub200,
] = [mnist, fashionMnist, kmnist, digits, cifar10, cifar100, cub200];

export type DatasetName = (typeof datasets)[number]['name'];

export const DATASET_NAMES: readonly DatasetName[] = datasets.map(({ name }) => name);

/** The entry of a data set; a name that JavaScript code passed unchecked may be wrong. */
export function knownDataset(name: DatasetName): DatasetDefinition {
  const known = datasets.find((dataset) => dataset.name === name);
  if (known) return known;
  throw new ClTorchError(
    'INVALID_ARGUMENT',
    `There is no data set ${shown(name)}. Choose one of ${DATASET_NAMES.join(', ')}.`,
  );
}
