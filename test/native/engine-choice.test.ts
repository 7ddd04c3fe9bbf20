import { beforeAll, describe, expect, test } from 'vitest';
import type { ObjectivePart } from '../../binding.js';
import { type Binding, loadNative } from '../../lib/session/native.js';
import { Session } from '../../lib/session/session.js';
import { enginesFor } from '../../lib/training/engines.js';
import { type MachineDemands, resolveEnvironment } from '../../lib/training/environment.js';
import { mlpOf } from '../support/network.js';

let native: Binding;
beforeAll(async () => {
  native = await loadNative();
});

describe('why the fused engine cannot train something', () => {
  test('nothing stands against an MLP on the CPU', () => {
    expect(
      native.whyNotFused({
        augmentation: false,
        clipsGradient: false,
        settings: [],
        objective: [],
        network: 'mlp',
        device: 'cpu',
      }),
    ).toBeNull();
  });

  test('a network of another kind', () => {
    expect(
      native.whyNotFused({
        augmentation: false,
        clipsGradient: false,
        settings: [],
        objective: [],
        network: 'cnn',
        device: 'cpu',
      }),
    ).toBe("it trains networks of the kind 'mlp', and this one is of the kind 'cnn'");
  });

  test('an optimizer that clips the gradient', () => {
    expect(
      native.whyNotFused({
        augmentation: false,
        clipsGradient: true,
        settings: [],
        objective: [],
        network: 'mlp',
        device: 'cpu',
      }),
    ).toContain('a gradient is clipped by the norm of all of it');
  });

  test('a GPU, where it was compiled without CUDA kernels', () => {
    const reason = native.whyNotFused({
      augmentation: false,
      clipsGradient: false,
      settings: [],
      objective: [],
      network: 'mlp',
      device: 'cuda:0',
    });
    if (native.runtimeInfo().cudaKernels) expect(reason).toBeNull();
    else expect(reason).toContain('the addon was built without CUDA kernels');
  });
});

test('the engines that strategies are listed with are those that take their parts', () => {
  const parts: ObjectivePart[] = [
    'penalties',
    'directions',
    'path',
    'mask',
    'targets',
    'draws',
    'binary',
    'present',
    'gates',
  ];
  for (const objective of [[], ...parts.map((part) => [part])]) {
    const engines = enginesFor(objective);
    for (const device of ['cpu', 'cuda'] as const) {
      const demand = {
        augmentation: false,
        clipsGradient: false,
        objective,
        network: 'mlp',
        settings: [],
        device: device === 'cpu' ? 'cpu' : 'cuda:0',
      };
      const reason = native.whyNotFused(demand) ?? '';
      expect(engines[device].includes('fused')).toBe(
        reason === '' || reason.includes('without CUDA kernels'),
      );
    }
  }
});

describe('the environment says which engine auto is, and why', () => {
  const asked: MachineDemands = {
    device: 'cpu',
    threads: 1,
    engine: 'auto',
    precision: 'fp32',
    network: 'mlp',
  };

  test.each<[string, Partial<MachineDemands>, string, string | null]>([
    ['auto is the fused engine', {}, 'fused', null],
    ['one that was asked for by name needs no reason', { engine: 'autograd' }, 'autograd', null],
    [
      'a preset may prefer another',
      { preferred: { engine: 'autograd', reason: 'the preset exact asks for it' } },
      'autograd',
      'the preset exact asks for it',
    ],
    [
      'a network that it cannot train is autograd’s',
      { network: 'cnn' },
      'autograd',
      "it trains networks of the kind 'mlp', and this one is of the kind 'cnn'",
    ],
    [
      'a gradient that is clipped is autograd’s',
      { clipsGradient: true },
      'autograd',
      'it updates parameters as soon as their gradients are there, and a gradient is clipped by the norm of all of it',
    ],
  ])('%s', async (_, change, engine, engineReason) => {
    expect(await resolveEnvironment({ ...asked, ...change }, undefined)).toMatchObject({
      engine,
      engineReason,
    });
  });
});

test('a network of no known kind, or with numbers of another, is refused, and the one that was there stays', async () => {
  using session = await Session.open({ device: 'cpu', threads: 1 });
  const network = mlpOf([3, 2]);
  await session.createModel({ network, seed: 1 });
  const before = await session.parameters();
  const wrong: [object, string][] = [
    [{ kind: 'lenet' }, "There is no network of the kind 'lenet'; there are: mlp, cnn, resnet18."],
    [{ depth: 3 }, "of the kind 'mlp' has of its own 'hidden', a list of the widths"],
    [{ input: [1 << 20, 2, 1] }, 'at most 1048576 numbers a row'],
    [{ input: [3, 1] }, '[features] or [channels, height, width]'],
    [{ classes: 0 }, "'network.classes' must be an integer from 1 to 1048576; found 0"],
    [{ hidden: [0] }, "'network.hidden[0]' must be an integer from 1 to 1048576; found 0"],
  ];
  for (const [change, message] of wrong) {
    const createModel = session.createModel({ network: { ...network, ...change }, seed: 1 });
    await expect(createModel).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
  }
  expect(await session.parameters()).toEqual(before);
  await session.createModel({ network: { ...network, input: [1, 3, 1] }, seed: 1 }); // the same numbers as an image
  expect(await session.parameters()).toEqual(before);
});
