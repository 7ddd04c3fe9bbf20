import { ClTorchError } from '../base/errors.js';
import type { Dataset } from './dataset.js';
import { pickedRows } from './examples-per-class.js';
import type { Split } from './formats/format.js';

/**
 * The data set with `rows` of its training images in the place of the test images, so that settings can be chosen without
 * ever looking at the test images; as it is for 0. They are the last ones of each class, of each its share: whatever order
 * the images are in and however a stream splits them, every task has some to be measured on.
 *
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
  const apart = lastOfEachClass(train.labels, rows);
  const all = Array.from(train.labels.keys());
  return {
    ...dataset,
    train: pickedRows(
      train,
      features,
      all.filter((row) => !apart.has(row)),
    ),
    test: pickedRows(
      train,
      features,
      all.filter((row) => apart.has(row)),
    ),
  };
}

/** So many rows, of each class its share; what does not come out even goes to the largest remainders. */
function lastOfEachClass(labels: Split['labels'], rows: number): ReadonlySet<number> {
  const rowsOf = new Map<number, number[]>();
  for (const [row, label] of labels.entries()) {
    const known = rowsOf.get(label);
    if (known) known.push(row);
    else rowsOf.set(label, [row]);
  }
  const shares = [...rowsOf].map(([label, of]) => {
    const share = (rows * of.length) / labels.length;
    return { label, of, whole: Math.floor(share), remainder: share - Math.floor(share) };
  });
  let left = rows - shares.reduce((sum, { whole }) => sum + whole, 0);
  shares.sort((a, b) => b.remainder - a.remainder || a.label - b.label);
  const taken = shares.flatMap(({ of, whole }) => of.slice(of.length - whole - (left-- > 0 ? 1 : 0)));
  return new Set(taken);
}
