import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../lib/config/parse.js';
import type { ExperimentInput } from '../../lib/config/types.js';
import { strategyNames } from '../../lib/strategies/index.js';
import { refusal } from '../support/refusal.js';

describe('defaults', () => {
  test("are the article's", () => {
    expect(parseConfig({ strategy: 'baseline' })).toEqual({
      strategy: 'baseline',
      benchmark: 'permuted-mnist',
      checkpointEvery: 'task',
      onNan: 'stop',
      network: 'mlp',
      dataset: 'mnist',
      tasks: 10,
      epochs: 5,
      batchSize: 256,
      lastBatch: 'keep',
      augment: 'none',
      cropMargin: 4,
      hidden: [400, 400, 400],
      activation: 'relu',
      bias: 'on',
      norm: 'none',
      dropout: 0,
      init: 'pytorch',
      learningRate: 1e-3,
      weightDecay: 1e-4,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      optimizer: 'adamw',
      momentum: 0,
      nesterov: 'off',
      normalisation: 'none',
      optimizerState: 'task',
      schedule: 'constant',
      gamma: 0.1,
      restartFactor: 1,
      minLearningRate: 0,
      warmUpEpochs: 0,
      warmUpFactor: 0.1,
      seed: 2024,
      permutationSeed: 2024,
      skipTasks: 0,
      validation: 0,
      evaluateAll: 'off',
      scenario: 'domain',
      outputs: 'seen',
      firstTask: 'permuted',
      examplesPerClass: 0,
      padding: 0,
      device: 'auto',
      engine: 'auto',
      precision: 'fp32',
      threads: 'auto',
    });
  });

  test.each([
    ['lfd', 0],
    ['er+lfd', 64],
    ['er', 64],
  ] as const)('of %s rehearse %i examples of 200 a task', (strategy, rehearsal) => {
    expect(parseConfig({ strategy })).toMatchObject({
      memorySize: 200,
      memoryPer: 'task',
      memorySelection: 'random',
      rehearsal,
    });
  });

  test.each(['lfd', 'er+lfd'] as const)('of %s are the complete method', (strategy) => {
    expect(parseConfig({ strategy })).toMatchObject({
      preset: 'complete',
      direction: 'rsgd',
      sphere: 'global',
      radius: 20,
      ratios: [0.3, 0.5, 0.7, 0.9, 1],
      equilibriumPoint: 'on',
    });
    expect(parseConfig({ strategy })).not.toHaveProperty('lambdaClamp');
  });

  test('stand in for undefined', () => {
    expect(parseConfig({ strategy: 'baseline', tasks: undefined, out: undefined }).tasks).toBe(10);
  });

  test('are not shared between configurations', () => {
    const [one, other] = [1, 2].map(() => Object(parseConfig({ strategy: 'baseline' })));
    expect(one.hidden).not.toBe(other.hidden);
  });
});

describe('what is given', () => {
  test('is kept', () => {
    const input: ExperimentInput = {
      strategy: 'baseline',
      dataset: 'kmnist',
      dataDir: 'data',
      tasks: 1000,
      epochs: 1,
      batchSize: 1,
      hidden: [1],
      learningRate: 0,
      beta1: 0,
      epsilon: 1,
      seed: 2 ** 53 - 1,
      permutationSeed: 0,
      device: 'cuda:12',
      threads: 1024,
      out: 'runs/1',
    };
    expect(parseConfig(input)).toMatchObject(input);
  });

  test.each(['auto', 'cpu', 'cuda', 'cuda:0', 'cuda:999'])('device %s', (device) => {
    expect(parseConfig({ strategy: 'baseline', device }).device).toBe(device);
  });
});

describe('a refusal names the key, its flag, what it takes and what was found', () => {
  test.each([
    ['batchSize', 0, 'batchSize (--batch-size): expected an integer from 1 to 1000000, found 0'],
    ['batchSize', '256', "batchSize (--batch-size): expected an integer from 1 to 1000000, found '256'"],
    ['tasks', 2.5, 'tasks (--tasks): expected an integer from 1 to 1000, found 2.5'],
    ['tasks', null, 'tasks (--tasks): expected an integer from 1 to 1000, found null'],
    ['epochs', Number.NaN, 'expected an integer from 1 to 10000, found NaN'],
    [
      'learningRate',
      Number.POSITIVE_INFINITY,
      '(--learning-rate): expected a number from 0 to 10, found Infinity',
    ],
    ['weightDecay', -1e-4, 'expected a number from 0 to 10, found -0.0001'],
    ['beta1', 1, 'expected a number from 0 to below 1, found 1'],
    ['epsilon', 0, 'expected a number above 0 and at most 1, found 0'],
    ['seed', 2 ** 53, 'expected an integer from 0 to 9007199254740991, found 9007199254740992'],
    ['permutationSeed', -1, '(--permutation-seed): expected an integer from 0 to'],
    [
      'dataset',
      'MNIST',
      "expected one of mnist, fashion-mnist, kmnist, digits, cifar10, cifar100, cub200, found 'MNIST'",
    ],
    ['benchmark', 'turned-mnist', "rotated, split, found 'turned-mnist'"],
    ['device', 'gpu', "expected auto, cpu, cuda or cuda:N (N from 0 to 999), found 'gpu'"],
    ['device', 'cuda:-1', "found 'cuda:-1'"],
    ['device', 'cuda:01', "found 'cuda:01'"],
    ['device', 'cuda:1000', "found 'cuda:1000'"],
    ['threads', 0, 'expected auto or an integer from 1 to 1024, found 0'],
    ['threads', 'all', "found 'all'"],
    ['hidden', [], 'expected 1 to 16 integers, each from 1 to 65536, found []'],
    ['hidden', Array(17).fill(1), 'expected 1 to 16 integers'],
    ['hidden', [400, 0], 'hidden[1] (--hidden): expected 1 to 16 integers, each from 1 to 65536, found 0'],
    ['hidden', 400, 'hidden (--hidden): expected 1 to 16 integers, each from 1 to 65536, found 400'],
    ['out', '', "out (--out): expected the path of a folder, found ''"],
    ['dataDir', 'a\0b', 'dataDir (--data-dir): expected the path of a folder or a file, found'],
    ['strategy', 'sgd', `strategy: expected one of ${strategyNames.join(', ')}, found 'sgd'`],
    ['strategy', 'ldf', "found 'ldf'; did you mean lfd?"],
    ['strategy', 'base-lines', "found 'base-lines'; did you mean baseline?"],
    ['strategy', undefined, `strategy: expected one of ${strategyNames.join(', ')}, found nothing`],
  ])('%s = %o', (key, value, text) => {
    expect(refusal({ strategy: 'baseline', [key]: value })).toContain(text);
  });

  test('layers that no machine could hold together', () => {
    expect(parseConfig({ strategy: 'baseline', hidden: [32_768, 65_535] })).toHaveProperty(
      'hidden.length',
      2,
    );
    const text = refusal({ strategy: 'baseline', hidden: [32_768, 65_536] });
    expect(text).toContain('hidden (--hidden): these layers need 2147483648 weights');
    expect(text).toContain('at most 2147483647');
  });
});

describe('unknown keys', () => {
  test.each([
    ['batchsize', 'batchSize'],
    ['batch-size', 'batchSize'],
    ['batch_size', 'batchSize'],
    ['epoch', 'epochs'],
    ['sead', 'seed'],
    ['learningrat', 'learningRate'],
    ['datadir', 'dataDir'],
    ['stategy', 'strategy'],
  ])('%s is taken for %s', (typed, meant) => {
    expect(refusal({ strategy: 'baseline', [typed]: 1 })).toContain(
      `"${typed}": unknown key; did you mean "${meant}"?`,
    );
  });

  test('that are like no key get the list of keys', () => {
    const text = refusal({ strategy: 'baseline', warmup: 0.9 });
    expect(text).toContain('"warmup": unknown key; the keys are strategy, benchmark, network, dataset');
    expect(text).not.toContain('did you mean');
  });
});

test('every problem is listed', () => {
  const text = refusal({ strategy: 'none', tasks: 0, hidden: [0, 'x'], bachSize: 1, warmup: 1 });
  expect(text).toMatch(/has 6 problems/);
  for (const key of ['strategy:', 'tasks ', 'hidden[0] ', 'hidden[1] ', '"bachSize"', '"warmup"']) {
    expect(text).toContain(`\n  - ${key}`);
  }
});

test.each([undefined, null, 'baseline', 3, ['baseline']])('%o is no configuration', (input) => {
  expect(refusal(input)).toContain('expected an object such as { "strategy": "baseline" }');
});

test('a value that refers to itself can be shown', () => {
  const knot: unknown[] = [];
  knot.push(knot);
  expect(refusal({ strategy: 'baseline', tasks: knot })).toContain('tasks (--tasks): expected an integer');
});

test("the article series' names of networks mean those of the scenario task", () => {
  const named = (network: string) =>
    parseConfig({ strategy: 'er', network, scenario: 'task', benchmark: 'split-mnist' });
  expect(named('TaskIncrementalMLP')).toEqual(named('mlp'));
  expect(named('TaskIncrementalResNet18')).toEqual(named('resnet18'));
  expect(() => named('TaskIncrementalCNN')).toThrow(
    'network (--network): expected one of mlp, cnn, resnet18',
  );
});
