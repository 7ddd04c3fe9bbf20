import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ContinualLearner, loadModel, runExperiment } from '../../lib/index.js';
import { temporaryFolder } from '../support/libtorch.js';

const small = {
  benchmark: 'split-digits',
  tasks: 3,
  epochs: 2,
  examplesPerClass: 10,
  batchSize: 8,
  hidden: [7, 5],
  learningRate: 0.01,
  optimizer: 'sgd',
  momentum: 0.9,
  device: 'cpu',
  threads: 1,
} as const;

/** The parameters that a run ends with, by name. */
async function learnt(given: object): Promise<Map<string, Float32Array>> {
  const out = join(temporaryFolder(), 'run');
  const run = await runExperiment({ ...small, ...given, out } as Parameters<typeof runExperiment>[0]);
  expect(run.status).toBe('completed');
  const { parameters, buffers } = await loadModel(join(out, 'model.safetensors'));
  return new Map([...parameters, ...buffers].map(({ name, data }) => [name, data]));
}

// What decides by gradients must not count those of weights that cannot move: autograd has none of them.
test.each([
  { strategy: 'agem', memorySize: 6 },
  { strategy: 'gem', memorySize: 6 },
  { strategy: 'mir', memorySize: 6 },
  { strategy: 'rwalk', strength: 3 },
] as const)('with frozen layers $strategy learns the same with both engines', async (given) => {
  const frozen = { ...given, freeze: 'layers.0', learningRate: 0.1, epochs: 4 };
  const [fused, autograd] = [
    await learnt({ ...frozen, engine: 'fused' }),
    await learnt({ ...frozen, engine: 'autograd' }),
  ];
  for (const [name, data] of fused) {
    const other = autograd.get(name) as Float32Array;
    const apart = Math.max(...data.map((value, at) => Math.abs(value - (other[at] as number))));
    expect(apart, name).toBeLessThan(1e-4);
  }
});

test('one remembered example leaves BatchNorm’s running statistics finite', async () => {
  const found = await learnt({ strategy: 'gem', memorySize: 1, norm: 'batch' });
  for (const [name, data] of found) expect(data.every(Number.isFinite), name).toBe(true);
});

test('a learner with iCaRL whose memory is too small for the classes says so before it learns', async () => {
  await using learner = await ContinualLearner.create({
    strategy: 'icarl',
    memorySize: 1,
    inputs: 4,
    classes: 2,
    hidden: [3],
    device: 'cpu',
    threads: 1,
  });
  const events: string[] = [];
  const call = learner.learn(
    { inputs: Float32Array.from({ length: 16 }, (_, at) => at / 16), labels: [0, 1, 0, 1] },
    { onEvent: ({ type }) => events.push(type) },
  );
  await expect(call).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  expect(events).not.toContain('epoch');
});
