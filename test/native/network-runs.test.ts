import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadModel } from '../../lib/checkpoint/model-file.js';
import { resumeExperiment, runExperiment } from '../../lib/index.js';
import { temporaryFolder } from '../support/libtorch.js';
import { modelIn, timeless } from '../support/runs.js';

// Whole runs of the networks that take images, on the digits of 8 x 8 pixels that come with the package.

const small = {
  strategy: 'er+lfd',
  benchmark: 'split-digits',
  tasks: 2,
  epochs: 2,
  examplesPerClass: 12,
  memorySize: 8,
  rehearsal: 4,
  directionIterations: 2,
  lambdaIterations: 2,
  batchSize: 10,
  device: 'cpu',
  threads: 1,
  checkpointEvery: 'epoch',
} as const;

const networks = [
  { network: 'cnn', channels: [3, 4], hidden: [8] },
  { network: 'resnet18', width: 2 },
  { network: 'resnet18', width: 2, bn: 'interpolate', layers: '!head' },
  { network: 'resnet18', width: 2, norm: 'group', stem: 224 },
] as const;

test.each(networks)(
  '%o: a run that is stopped and resumed ends bit for bit like one that was not',
  async (network) => {
    const folder = temporaryFolder();
    const whole = await runExperiment({ ...small, ...network, out: join(folder, 'whole') });
    expect(whole.environment).toMatchObject({
      engine: 'autograd',
      engineReason: `it trains networks of the kind 'mlp', and this one is of the kind '${network.network}'`,
    });
    const out = join(folder, 'stopped');
    const controller = new AbortController();
    let epochs = 0;
    const stopped = runExperiment(
      { ...small, ...network, out },
      {
        signal: controller.signal,
        onEvent(event) {
          if (event.type === 'epoch' && ++epochs === 3) controller.abort();
        },
      },
    );
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect(timeless(await resumeExperiment(out))).toEqual(timeless(whole));
    expect(await modelIn(out)).toEqual(await modelIn(join(folder, 'whole')));
    const { network: spec, parameters, buffers } = await loadModel(join(out, 'model.safetensors'));
    expect(spec).toMatchObject({ kind: network.network, input: [1, 8, 8] });
    expect(parameters.at(-1)?.shape).toEqual([4]);
    const isBatch = network.network === 'resnet18' && !('norm' in network);
    expect(buffers).toHaveLength(isBatch ? 40 : 0);
  },
);

test('a network that takes images refuses the fused engine, by name and before it learns', async () => {
  const run = runExperiment({ ...small, network: 'cnn', engine: 'fused' });
  await expect(run).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
    message: expect.stringContaining('or use --engine autograd'),
  });
});

test('a perceptron with other layers than ReLU and biases is autograd’s, and is resumed with its dropout bit for bit', async () => {
  const folder = temporaryFolder();
  const layers = { hidden: [8, 6], activation: 'gelu', bias: 'off', norm: 'batch', dropout: 0.3 } as const;
  const whole = await runExperiment({ ...small, ...layers, out: join(folder, 'whole') });
  expect(whole.environment).toMatchObject({
    engine: 'autograd',
    engineReason:
      'its multilayer perceptrons have biases, ReLU and nothing else, and this one has settings of activation, bias, norm, dropout',
  });
  const out = join(folder, 'stopped');
  const controller = new AbortController();
  const stopped = runExperiment(
    { ...small, ...layers, out },
    { signal: controller.signal, onEvent: ({ type }) => type === 'epoch' && controller.abort() },
  );
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  expect(timeless(await resumeExperiment(out))).toEqual(timeless(whole));
  expect(await modelIn(out)).toEqual(await modelIn(join(folder, 'whole')));
  const { network, parameters, buffers } = await loadModel(join(out, 'model.safetensors'));
  expect(network).toMatchObject({ kind: 'mlp', ...layers });
  expect([parameters.length, buffers.length]).toEqual([7, 4]);
  for (const [change, message] of [
    [{ dropout: 1 }, 'dropout'],
    [{ activation: 'sigmoid' }, 'activation'],
    [{ engine: 'fused' }, 'settings of activation, bias, dropout, norm'],
  ] as const) {
    await expect(runExperiment({ ...small, ...layers, ...change } as never)).rejects.toThrow(message);
  }
});
