import { ClTorchError } from '../base/errors.js';
import type { Dataset } from './dataset.js';
import type { Split } from './formats/format.js';

/**
 * The data set with its last `rows` training images in the place of the test images, so that settings can be chosen
 * without ever looking at the test images; as it is for 0.
 * @throws {ClTorchError} CONFIG_INVALID when no training image would be left.
 */
export function withValidationSplit(dataset: Dataset, rows: number): Dataset {
  if (rows === 0) return dataset;
  const { train, features } = dataset;
  if (rows >= train.rows) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `validation (--validation) is ${rows}, but there are only ${train.rows} training images. Set fewer apart.`,
    );
  }
  const slice = (begin: number, end: number): Split => ({
    images: train.images.subarray(begin * features, end * features),
    labels: train.labels.subarray(begin, end),
    rows: end - begin,
  });
  const border = train.rows - rows;
  return { ...dataset, train: slice(0, border), test: slice(border, train.rows) };
}
