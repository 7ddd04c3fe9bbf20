import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planLearner } from '../../lib/learner/config.js';
import { ContinualLearner } from '../../lib/learner/learner.js';
import { memory, task, weights } from '../support/learner.js';
import { temporaryFolder } from '../support/libtorch.js';

const shape = { inputs: [3, 2, 2], classes: 3, batchSize: 16, device: 'cpu', threads: 1, seed: 5 } as const;
const networks = [
  { network: 'cnn', channels: [4], hidden: [6] },
  { network: 'resnet18', width: 2 },
] as const;

test.each(networks)(
  'a learner with %o learns, grows, answers and is saved as one with an MLP',
  async (network) => {
    await using learner = await ContinualLearner.create({
      strategy: 'er+lfd',
      ...shape,
      ...memory,
      ...network,
    });
    expect(learner.environment.engine).toBe('autograd');
    await learner.learn(task());
    const { inputs } = task(9);
    using snapshot = await learner.snapshot({ follow: false });
    const before = await learner.predict({ inputs });
    expect(await snapshot.predict({ inputs })).toEqual(before);

    const file = join(temporaryFolder(), 'learner.safetensors');
    await learner.save(file);
    await using copy = await ContinualLearner.load(file);
    expect(await copy.predict({ inputs })).toEqual(before);
    for (const each of [learner, copy]) await each.learn(task(60, 2, 3), { epochs: 2 });
    expect(learner.classes).toBe(5);
    expect(await weights(copy)).toEqual(await weights(learner));
    expect(await copy.predict({ inputs })).toEqual(await learner.predict({ inputs }));
    expect(await snapshot.predict({ inputs })).toEqual(before);
  },
);

test('a learning that fails leaves the running statistics as they were', async () => {
  await using learner = await ContinualLearner.create({
    strategy: 'baseline',
    ...shape,
    network: 'resnet18',
    width: 2,
  });
  await learner.learn(task(32));
  const { inputs } = task(9);
  const before = await learner.predict({ inputs });
  // The last batch would be of one example.
  await expect(learner.learn(task(33))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  const controller = new AbortController();
  const learning = learner.learn(task(320), {
    signal: controller.signal,
    onEvent: ({ type }) => type === 'epoch' && controller.abort(),
  });
  await expect(learning).rejects.toMatchObject({ code: 'ABORTED' });
  expect(await learner.predict({ inputs })).toEqual(before);
});

test.each([
  [{ network: 'cnn', inputs: 12 }, 'network: cnn takes images, [channels, height, width]'],
  [{ network: 'cnn', inputs: [1, 3, 4] }, 'leave nothing of 3 × 4 pixels'],
  [
    { network: 'resnet18', inputs: [3, 4] },
    'inputs: expected an integer from 1 to 1048576, or the three sizes',
  ],
  [{ network: 'resnet18', inputs: [3, 2, 2], width: 1024, classes: 65_536 }, 'these layers need 3'],
  [{ network: 'cnn', inputs: [3, 8, 8], kernel: 4 }, 'kernel: expected an odd integer from 1 to 63, found 4'],
])('%o is refused', (change, message) => {
  expect(() => planLearner({ strategy: 'baseline', ...shape, ...change } as never)).toThrow(message);
});
