import type { ImportanceOptions } from '../../../binding.js';
import type { Vectors } from '../../session/vectors.js';
import type { Labels, TaskContext } from '../../training/strategy.js';
import { withinLayers } from './layers.js';

/** Which importance, and of how many examples. */
export interface ImportanceChoice {
  /** Of the session's, or `batches`: the mean gradient of each batch, squared. */
  readonly kind: ImportanceOptions['kind'] | 'batches';
  /** Evenly spread over the task's; 0: all. */
  readonly samples: number;
  /** Rows of a batch, of `batches`. */
  readonly batchSize: number;
  /** Whose weights have one, as the option names them; the others' is 0. */
  readonly layers?: string | undefined;
}

/** The vector `target` becomes the importance of each weight for the task, at the weights now. */
export async function measureImportance(
  { kind, samples, batchSize, layers }: ImportanceChoice,
  { session, view, labels, phase }: TaskContext,
  target: string,
): Promise<void> {
  const rows = spreadRows(labels, samples);
  const { vectors } = session;
  const words = { name: 'importance', label: 'importance', activity: 'measuring the importance' };
  await phase(words, async ({ signal, onProgress }) => {
    if (kind !== 'batches') {
      await session.importance({ view, rows, kind, target }, { signal });
      return;
    }
    const batches = Math.ceil(rows.length / batchSize);
    await vectors.fill(target, 0);
    for (let batch = 0; batch < batches; ++batch) {
      signal.throwIfAborted();
      const part = rows.subarray(batch * batchSize, (batch + 1) * batchSize);
      await session.gradient({ view, rows: part, target: 'batch-gradient' });
      await vectors.multiply('batch-gradient', 'batch-gradient');
      await vectors.add(target, 'batch-gradient', 1 / batches);
      onProgress(batch + 1, batches);
    }
    await vectors.drop('batch-gradient');
  });
  await withinLayers({ layers }, session, target);
}

/** So many rows of a task, evenly spread; all where it has no more, or for 0. */
function spreadRows({ length }: Labels, most: number): Int32Array {
  const count = most === 0 ? length : Math.min(most, length);
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * length) / count));
}

/** The largest of a vector's numbers; 0 where all are below. */
export async function largestOf(vectors: Vectors, name: string): Promise<number> {
  const tensors = await vectors.get(name);
  return Math.max(...tensors.map(({ data }) => data.reduce((most, value) => Math.max(most, value), 0)));
}
