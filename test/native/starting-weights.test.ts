import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { NamedTensor, NetworkSpec } from '../../binding.js';
import { loadModel } from '../../lib/checkpoint/model-file.js';
import { StartingWeights } from '../../lib/checkpoint/starting-weights.js';
import { type FileTensor, float32Tensor } from '../../lib/files/safetensors/format.js';
import { encodeTensors } from '../../lib/files/safetensors/write.js';
import { ContinualLearner, resumeExperiment, runExperiment } from '../../lib/index.js';
import { Session } from '../../lib/session/session.js';
import { weightsOf } from '../../lib/session/weights.js';
import { task } from '../support/learner.js';
import { temporaryFolder } from '../support/libtorch.js';
import { mlpOf } from '../support/network.js';
import { modelIn, timeless } from '../support/runs.js';
import { articleAdamW, identity } from '../support/synthetic.js';

const resnet: NetworkSpec = {
  kind: 'resnet18',
  input: [1, 8, 8],
  classes: 2,
  width: 2,
  stem: 32,
  norm: 'batch',
};

/** Tensors of a network, all numbers told apart. */
async function invented(network: NetworkSpec): Promise<NamedTensor[]> {
  using session = await Session.open({ device: 'cpu', threads: 1 });
  await session.createModel({ network, seed: 1, engine: 'autograd' });
  const { parameters, buffers } = await weightsOf(session);
  return [...parameters, ...buffers].map(({ name, shape, data }, i) => {
    return { name, shape, data: data.map((_, at) => ((i + 1) * ((at % 7) + 1)) / 800) };
  });
}

/** A state dict as PyTorch writes one, with its counts of batches. */
function stateDict(tensors: readonly NamedTensor[]): string {
  const path = join(temporaryFolder(), 'weights.safetensors');
  const entries = tensors.map(({ name, shape, data }) => [name, float32Tensor(shape, data)] as const);
  const counts = tensors
    .filter(({ name }) => name.endsWith('.running_var'))
    .map(({ name }): [string, FileTensor] => [
      name.replace('running_var', 'num_batches_tracked'),
      { dtype: 'I64', shape: [], bytes: new Uint8Array(8) },
    ]);
  const file = { tensors: new Map<string, FileTensor>([...counts, ...entries]), metadata: { format: 'pt' } };
  writeFileSync(path, encodeTensors(file));
  return path;
}

async function begun(
  path: string,
  network: NetworkSpec,
): Promise<{ tensors: NamedTensor[]; told: string | null }> {
  using session = await Session.open({ device: 'cpu', threads: 1 });
  const weights = await StartingWeights.read(path);
  const model = { network, seed: 1, engine: 'autograd', precision: 'fp32' } as const;
  const told = await weights.makeModel(session, model);
  const { parameters, buffers } = await weightsOf(session);
  return { tensors: [...parameters, ...buffers], told };
}

test('a network begins with the tensors of a state dict; an output layer of another size is left out', async () => {
  const tensors = await invented(resnet);
  const path = stateDict(tensors);
  expect(await begun(path, resnet)).toEqual({ tensors, told: null });

  const wider = await begun(path, { ...resnet, classes: 5 });
  expect(wider.told).toContain(
    'fc.weight: expected [5, 16], found [2, 16]; fc.bias: expected [5], found [2]',
  );
  const isHead = ({ name }: NamedTensor): boolean => name.startsWith('fc.');
  expect(wider.tensors.filter((each) => !isHead(each))).toEqual(tensors.filter((each) => !isHead(each)));
  using fresh = await Session.open({ device: 'cpu', threads: 1 });
  await fresh.createModel({ network: { ...resnet, classes: 5 }, seed: 1, engine: 'autograd' });
  expect(wider.tensors.filter(isHead)).toEqual((await fresh.parameters()).filter(isHead));

  const headless = stateDict(tensors.filter((each) => !isHead(each)));
  expect((await begun(headless, resnet)).told).toContain('fc.weight: expected [2, 16], found none');
});

test('what does not fit is refused with the name, the expected and the found shape', async () => {
  const tensors = await invented({ ...resnet, stem: 224 });
  await expect(begun(stateDict(tensors), resnet)).rejects.toMatchObject({
    code: 'FILE_MISMATCH',
    message: expect.stringContaining('conv1.weight: expected [2, 1, 3, 3], found [2, 1, 7, 7].'),
  });
  const without = tensors.filter(({ name }) => name !== 'layer2.0.bn1.running_mean');
  const renamed = without.map((each) => ({ ...each, name: each.name.replace('layer4.1.conv2', 'other') }));
  await expect(begun(stateDict(renamed), { ...resnet, stem: 224 })).rejects.toThrow(
    /layer4\.1\.conv2\.weight: expected \[16, 16, 3, 3\], found none; layer2\.0\.bn1\.running_mean: expected \[4\], found none; other\.weight: expected no such tensor, found \[16, 16, 3, 3\]\./,
  );
  await expect(StartingWeights.read('/nowhere/weights')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});

const small = {
  strategy: 'baseline',
  benchmark: 'split-digits',
  tasks: 2,
  epochs: 2,
  examplesPerClass: 6,
  batchSize: 10,
  optimizer: 'sgd',
  learningRate: 0.05,
  momentum: 0.9,
  weightDecay: 0.1,
  device: 'cpu',
  threads: 1,
  checkpointEvery: 'epoch',
} as const;

test('frozen layers and their running statistics end as the file has them, resumed or not; the rest learns', async () => {
  const tensors = await invented(resnet);
  const weights = stateDict(tensors);
  const folder = temporaryFolder();
  const run = {
    ...small,
    network: 'resnet18',
    width: 2,
    weights,
    freeze: 'conv1,bn1,layer*,!layer4.1',
  } as const;
  const warnings: string[] = [];
  const whole = await runExperiment(
    { ...run, out: join(folder, 'whole') },
    { onEvent: (event) => event.type === 'warning' && warnings.push(event.text) },
  );
  expect(warnings).toEqual([expect.stringContaining('fc.weight: expected [4, 16], found [2, 16]')]);
  const { parameters, buffers } = await loadModel(join(folder, 'whole', 'model.safetensors'));
  for (const { name, data } of [...parameters, ...buffers]) {
    const began = tensors.find((each) => each.name === name)?.data;
    const learns = name.startsWith('fc') || name.startsWith('layer4.1');
    if (learns) expect(data, name).not.toEqual(began);
    else expect(data, name).toEqual(began);
  }

  const out = join(folder, 'stopped');
  const controller = new AbortController();
  const stopped = runExperiment(
    { ...run, out },
    { signal: controller.signal, onEvent: ({ type }) => type === 'epoch' && controller.abort() },
  );
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  const bytes = readFileSync(weights);
  writeFileSync(
    weights,
    Uint8Array.from(bytes, (byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)),
  );
  await expect(resumeExperiment(out)).rejects.toMatchObject({
    code: 'FILE_MISMATCH',
    message: expect.stringContaining(`the weights in '${weights}'`),
  });
  writeFileSync(weights, bytes);
  expect(timeless(await resumeExperiment(out))).toEqual(timeless(whole));
  expect(await modelIn(out)).toEqual(await modelIn(join(folder, 'whole')));
});

test.each(['fused', 'autograd'] as const)(
  'with the %s engine, layers of an MLP are frozen beside a mask',
  async (engine) => {
    using session = await Session.open({ device: 'cpu', threads: 1 });
    const images = Uint8Array.from({ length: 48 }, (_, at) => (at * 89) % 251);
    const dataset = await session.loadDataset({ images, labels: Uint8Array.of(0, 1, 1, 0), features: 12 });
    const view = await session.addView({ dataset, columns: identity(12) });
    await session.createModel({ network: mlpOf([12, 6, 5, 2]), seed: 3, engine });
    await session.createOptimizer({ ...articleAdamW, weightDecay: 0.5 });
    await session.trainEpoch({ views: [view], batchSize: 2 }); // so that there is momentum
    await session.vectors.fill('mask', 1);
    const mask = await session.vectors.get('mask');
    await session.vectors.set(
      'mask',
      mask.map(({ name, data }) => (name === 'layers.2.bias' ? Float32Array.of(0, 1) : data)),
    );
    await session.setMask('mask');
    await session.setFrozen(['layers.0.weight', 'layers.1.bias']);
    await session.setMask('mask', { hides: true });
    const rows = Int32Array.of(0, 1);
    const hidden = await session.gradient({ view, rows });
    await session.setFrozen([]);
    expect(await session.gradient({ view, rows })).toBe(hidden); // the frozen ones are not hidden
    await session.setFrozen(['layers.0.weight', 'layers.1.bias']);
    const before = await session.parameters();
    await session.growHead(3);
    await session.trainEpoch({ views: [view], batchSize: 2 });
    const after = await session.parameters();
    const stayed = before.map(({ data }, i) => data.map((value, at) => Number(value === after[i]?.data[at])));
    expect(before.map(({ name }, i) => `${name} ${stayed[i]?.reduce((sum, is) => sum + is, 0)}`)).toEqual([
      'layers.0.weight 72',
      'layers.0.bias 0',
      'layers.1.weight 0',
      'layers.1.bias 5',
      'layers.2.weight 0',
      'layers.2.bias 1',
    ]);
    await expect(session.setFrozen(['layers.7.bias'])).rejects.toThrow("no parameter 'layers.7.bias'");
    await expect(session.setFrozen(after.map(({ name }) => name))).rejects.toThrow('none is left to train');
    expect((await session.exportState()).frozen).toEqual(['layers.0.weight', 'layers.1.bias']);
  },
);

test('patterns that choose nothing, or everything, are refused before the training', async () => {
  await expect(runExperiment({ ...small, freeze: 'conv1' })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining("no parameter of the network is called 'conv1'; it has layers.0.weight"),
  });
  await expect(runExperiment({ ...small, freeze: '*' })).rejects.toThrow(
    'none is left to train; !head leaves',
  );
  await expect(runExperiment({ ...small, freeze: 'a b' })).rejects.toThrow(
    'expected names of layers or parameters',
  );
});

test('a learner begins with weights and keeps the frozen ones', async () => {
  const network = {
    kind: 'cnn',
    input: [3, 2, 2],
    classes: 3,
    channels: [4],
    kernel: 3,
    hidden: [6],
  } as const;
  const tensors = await invented(network);
  await using learner = await ContinualLearner.create({
    strategy: 'baseline',
    network: 'cnn',
    channels: [4],
    hidden: [6],
    inputs: [3, 2, 2],
    classes: 3,
    device: 'cpu',
    threads: 1,
    weights: stateDict(tensors),
    freeze: 'convolutions',
  });
  expect(await learner.parameters()).toEqual(tensors);
  await learner.learn(task());
  const learnt = await learner.parameters();
  expect(learnt.slice(0, 2)).toEqual(tensors.slice(0, 2));
  expect(learnt.slice(2)).not.toEqual(tensors.slice(2));
});
