import type { TaskContext } from '../../training/strategy.js';
import { spreadRows } from './options.js';

/** Which Fisher information, and of how many examples. */
export interface FisherChoice {
  readonly fisher: 'exact' | 'empirical' | 'sampled' | 'batches';
  /** 0: all. */
  readonly fisherSamples: number;
  /** Rows whose mean gradient is squared, of `batches`. */
  readonly batchSize: number;
}

/** The vector `target` becomes the diagonal of the task's Fisher information at the weights now. */
export async function measureFisher(
  { fisher, fisherSamples, batchSize }: FisherChoice,
  { session, view, labels, phase }: TaskContext,
  target: string,
): Promise<void> {
  const rows = spreadRows(labels, fisherSamples);
  const { vectors } = session;
  const words = { name: 'importance', label: 'importance', activity: 'measuring the importance' };
  await phase(words, async ({ signal, onProgress }) => {
    if (fisher !== 'batches') {
      await session.importance({ view, rows, kind: fisher, target }, { signal });
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
}
