import type { Dataset } from './dataset.js';
import type { Split } from './formats/format.js';

/**
 * The data set with the first `most` training examples of each class, in their order; as it is for 0. The test examples stay.
 */
export function withExamplesPerClass(dataset: Dataset, most: number): Dataset {
  if (most === 0) return dataset;
  return { ...dataset, train: firstOfEachClass(dataset.train, dataset.features, most) };
}

function firstOfEachClass(split: Split, features: number, most: number): Split {
  const taken = new Map<number, number>();
  const rows: number[] = [];
  for (const [row, label] of split.labels.entries()) {
    const count = taken.get(label) ?? 0;
    if (count >= most) continue;
    taken.set(label, count + 1);
    rows.push(row);
  }
  return pickedRows(split, features, rows);
}

/** Some examples, copied, in the order of `rows`. */
export function pickedRows({ images, labels }: Split, features: number, rows: readonly number[]): Split {
  return {
    images:
      images instanceof Uint8Array
        ? picked(images, Uint8Array, rows, features)
        : picked(images, Float32Array, rows, features),
    labels:
      labels instanceof Uint8Array
        ? picked(labels, Uint8Array, rows, 1)
        : picked(labels, Int32Array, rows, 1),
    rows: rows.length,
  };
}

/** Some rows of a matrix. */
export function picked<Numbers extends Uint8Array | Int32Array | Float32Array>(
  matrix: Numbers,
  type: new (length: number) => Numbers,
  rows: readonly number[],
  columns: number,
): Numbers {
  const kept = new type(rows.length * columns);
  for (const [place, row] of rows.entries()) {
    kept.set(matrix.subarray(row * columns, (row + 1) * columns), place * columns);
  }
  return kept;
}
