import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadModel, runExperiment, Session } from '../../lib/index.js';
import { temporaryFolder } from '../support/libtorch.js';

const small = {
  benchmark: 'split-digits',
  tasks: 2,
  epochs: 1,
  examplesPerClass: 10,
  batchSize: 10,
  optimizer: 'sgd',
  learningRate: 0.05,
  momentum: 0.9,
  device: 'cpu',
  threads: 1,
  engine: 'autograd',
  hidden: [12],
} as const;

const resnet = { network: 'resnet18', hidden: undefined, width: 2 } as const;

type Given = Readonly<Record<string, unknown>>;

/** The parameters that a run ends with, end to end. */
async function learnt(given: Given): Promise<number[]> {
  const out = join(temporaryFolder(), 'run');
  await runExperiment({ ...small, ...given, out } as Parameters<typeof runExperiment>[0]);
  const { parameters, buffers } = await loadModel(join(out, 'model.safetensors'));
  return [...parameters, ...buffers].flatMap(({ data }) => [...data]);
}

const largestDifference = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, at) => Math.abs(value - (b[at] ?? Number.NaN))));

test.each([
  { strategy: 'baseline' },
  { strategy: 'baseline', clipGradient: 0.5 },
  { strategy: 'er', memorySize: 8, rehearsal: 7 },
  { strategy: 'derpp', memorySize: 8 },
  { strategy: 'lwf' },
  { strategy: 'agem', memorySize: 8 },
  { strategy: 'er-ace', memorySize: 8 },
  { strategy: 'icarl', memorySize: 8, scenario: 'class' },
  { strategy: 'lfd', memorySize: 8 },
  { strategy: 'baseline', ...resnet, norm: 'group', learningRate: 0.01 },
] as const)('$strategy by parts of four learns what it learns by whole batches of ten', async (given) => {
  const whole = await learnt(given);
  // Several losses have a backward pass each, where whole batches have one of their sum.
  const one = await learnt({ ...given, microBatchSize: 1000 });
  if (given.strategy === 'baseline') expect(one).toEqual(whole);
  else expect(largestDifference(one, whole)).toBeLessThan(1e-6);
  const parts = await learnt({ ...given, microBatchSize: 4 });
  expect(parts).not.toEqual(whole);
  expect(largestDifference(parts, whole)).toBeLessThan(2e-4);
});

test('BatchNorm has statistics of each part: they are those of batches of that size', async () => {
  // A rate so small that nothing moves: ten examples by parts of five are then two batches of five, in the same order.
  const still = { ...resnet, strategy: 'baseline', tasks: 1, learningRate: 1e-30, momentum: 0 } as const;
  const parts = await learnt({ ...still, microBatchSize: 5 });
  expect(largestDifference(parts, await learnt({ ...still, batchSize: 5 }))).toBeLessThan(1e-20);
  expect(largestDifference(parts, await learnt(still))).toBeGreaterThan(0.01);
});

test('auto takes the autograd engine for them, and says why; the fused one is refused before any work', async () => {
  const { engine: _, ...any } = small;
  const { environment } = await runExperiment({ ...any, strategy: 'baseline', microBatchSize: 5 });
  expect(environment).toMatchObject({
    engine: 'autograd',
    engineReason: 'the fused engine has no micro-batches',
  });
  await expect(
    runExperiment({ ...small, strategy: 'baseline', microBatchSize: 5, engine: 'fused' }),
  ).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('microBatchSize (--micro-batch-size) is for the autograd engine'),
  });
  using session = await Session.open({ device: 'cpu', threads: 1 });
  const network = { kind: 'mlp', input: [4], hidden: [3], classes: 2 } as const;
  await session.createModel({ network, seed: 1 });
  await expect(session.setMicroBatchSize(2)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
});

test('parts too small for BatchNorm are refused with what is enough', async () => {
  await expect(learnt({ ...resnet, strategy: 'baseline', microBatchSize: 2 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('--micro-batch-size 3 or more'),
  });
});
