import { expect, test } from 'vitest';
import { TaskEpochs } from '../../lib/training/task-epochs.js';
import { Throughput } from '../../lib/training/throughput.js';

test('epochs that became longer than planned leave no negative time', () => {
  const length = { batchSize: 10, lastBatch: 'keep', epochs: 2 } as const;
  const throughput = new Throughput([new TaskEpochs(length, 100, 0), new TaskEpochs(length, 100, 1)]);
  const left: number[] = [];
  for (const rows of [100, 100, 200, 200]) {
    throughput.beginEpoch(new TaskEpochs(length, rows, 0));
    left.push(throughput.after(rows / 10).secondsLeft, throughput.endEpoch(1, rows / 10).secondsLeft);
  }
  expect(left.every((seconds) => seconds >= 0)).toBe(true);
  expect(left.at(1)).toBeCloseTo(3);
  expect(left.at(-1)).toBe(0);
});
