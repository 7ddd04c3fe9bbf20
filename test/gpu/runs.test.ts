import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ContinualLearner } from '../../lib/learner/learner.js';
import { type Sandbox, sandbox } from '../cli/command.js';
import { memory, negative, small, task, weights } from '../support/learner.js';
import type { Method } from '../support/runs.js';
import { expectSameWhereverStopped } from '../support/stopping.js';
import { describeOnGpu, device } from './gpu.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

const searches = { directionIterations: 3, lambdaIterations: 3 } as const;
const both = {
  strategy: 'er+lfd',
  memorySize: 40,
  rehearsal: 8,
  ...searches,
  checkpointEvery: 'epoch',
} as const;
const methods: Method[] = [
  { strategy: 'baseline', checkpointEvery: 'epoch' },
  { strategy: 'lfd', preset: 'reference', checkpointEvery: 'epoch' },
  both,
  { ...both, sphere: 'global', precision: 'tf32' },
  { ...both, precision: 'bf16' },
  { ...both, engine: 'autograd' },
];

describeOnGpu('a run on a GPU', () => {
  describe('stopped at any of its events and resumed ends bit for bit like one that was not:', () => {
    test.each(methods.map((method, index) => [method, index] as const))('%o', (method, index) =>
      expectSameWhereverStopped({ ...method, device }, box, join(box.folder, `${index}`)),
    );
  });
});

describeOnGpu('a learner on a GPU', () => {
  const create = (): Promise<ContinualLearner> =>
    ContinualLearner.create({ strategy: 'er+lfd', ...small, ...memory, device, engine: 'fused' });

  test('learns, and goes on from its file bit for bit', async () => {
    const file = join(box.folder, 'learner.safetensors');
    await using learner = await create();
    await learner.learn(task(), { epochs: 30 });
    expect((await learner.evaluate(task())).accuracy).toBeGreaterThan(90);
    await learner.save(file);
    await using loaded = await ContinualLearner.load(file, { device });
    expect(await weights(loaded)).toEqual(await weights(learner));
    for (const each of [learner, loaded]) await each.learn(negative(task()));
    expect(await weights(loaded)).toEqual(await weights(learner));
  });

  test('its file predicts the same on the CPU', async () => {
    const file = join(box.folder, 'elsewhere.safetensors');
    await using learner = await create();
    await learner.learn(task(), { epochs: 30 });
    await learner.save(file);
    await using loaded = await ContinualLearner.load(file, { device: 'cpu', threads: 1 });
    const [here, there] = await Promise.all([learner.predict(task()), loaded.predict(task())]);
    expect(there.labels).toEqual(here.labels);
    for (const [i, probability] of there.probabilities.entries()) {
      expect(probability).toBeCloseTo(here.probabilities[i] ?? Number.NaN, 4);
    }
  });

  test('a class that comes later widens the last layer', async () => {
    await using learner = await create();
    await learner.learn(task(), { epochs: 5 });
    await learner.learn(task(120, 3, 3), { epochs: 30 });
    expect((await learner.evaluate(task(120, 3, 3))).accuracy).toBeGreaterThan(50);
  });
});
