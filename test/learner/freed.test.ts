import { expect, test } from 'vitest';
import { ContinualLearner } from '../../lib/index.js';
import { features, memory, small } from '../support/learner.js';

test('the examples of a task are freed once it is learnt, but for what the memory keeps', async () => {
  await using learner = await ContinualLearner.create({
    strategy: 'er',
    ...small,
    ...memory,
    batchSize: 10_000,
  });
  const rows = 600_000;
  const data = { inputs: new Uint8Array(rows * features), labels: new Uint8Array(rows) };
  const held: number[] = [];
  for (let index = 0; index < 24; ++index) {
    await learner.learn(data, { epochs: 1 });
    held.push(process.memoryUsage.rss());
  }
  // Eighteen tasks that stayed would be 130 MB of inputs and 86 MB of labels; what is freed, the allocator keeps a while.
  expect((held[23] ?? 0) - (held[5] ?? 0)).toBeLessThan(108e6);
  expect((await learner.memory()).map(({ labels }) => labels.length)).toEqual(Array(24).fill(20));
});
