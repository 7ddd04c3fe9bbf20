import type { Dataset, Split } from './load.js';

/**
 * The data set with the first `most` training examples of each class, in their order; as it is for 0. The test examples stay.
 */
export function withExamplesPerClass(dataset: Dataset, most: number): Dataset {
  if (most === 0) return dataset;
  return { ...dataset, train: firstOfEachClass(dataset.train, dataset.features, most) };
}

function firstOfEachClass({ images, labels }: Split, features: number, most: number): Split {
  const taken = new Map<number, number>();
  const rows: number[] = [];
  for (const [row, label] of labels.entries()) {
    const count = taken.get(label) ?? 0;
    if (count >= most) continue;
    taken.set(label, count + 1);
    rows.push(row);
  }
  const kept = new Uint8Array(rows.length * features);
  for (const [place, row] of rows.entries()) {
    kept.set(images.subarray(row * features, (row + 1) * features), place * features);
  }
  return { images: kept, labels: Uint8Array.from(rows, (row) => labels[row] ?? 0), rows: rows.length };
}
