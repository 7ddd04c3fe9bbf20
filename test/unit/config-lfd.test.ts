import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../lib/config/parse.js';
import { strategyNames } from '../../lib/strategies/index.js';
import { refusal } from '../support/refusal.js';
import { scenarioOf } from '../support/scenario-of.js';

describe('an option of LFD that is out of its range', () => {
  test.each([
    ['radius', 0, 'radius (--radius): expected a number above 0 and at most 1000000, found 0'],
    ['radius', -20, 'found -20'],
    ['radius', Number.POSITIVE_INFINITY, 'found Infinity'],
    ['ratios', [], 'ratios (--ratios): expected 1 to 16 numbers, each above 0 and at most 1, found []'],
    [
      'ratios',
      [0.5, 0],
      'ratios[1] (--ratios): expected 1 to 16 numbers, each above 0 and at most 1, found 0',
    ],
    ['ratios', [1.01], 'ratios[0] (--ratios): expected 1 to 16 numbers'],
    ['ratios', [-0.3], 'found -0.3'],
    ['lambdaClamp', [1, 0], 'lambdaClamp (--lambda-clamp): the first number must be below the second'],
    ['lambdaClamp', [1, 1], 'the first number must be below the second'],
    ['lambdaClamp', [1], 'lambdaClamp (--lambda-clamp): expected two numbers from -10 to 10'],
    ['alpha', -0.1, 'alpha (--alpha): expected a number from 0 to 10, found -0.1'],
    ['smoothing', 1, 'smoothing (--smoothing): expected a number from 0 to below 1, found 1'],
    ['directionMomentum', 1, 'expected a number from 0 to below 1, found 1'],
    ['directionIterations', 0, '(--direction-iterations): expected an integer from 1 to'],
    ['lambdaIterations', 0, '(--lambda-iterations): expected an integer from 1 to'],
    ['direction', 'sgd', "direction (--direction): expected one of rsgd, random, none, found 'sgd'"],
    ['sphere', 'local', "expected one of global, per-tensor, found 'local'"],
    ['equilibriumPoint', true, 'expected one of on, off, found true'],
    [
      'preset',
      'listing',
      "expected one of complete, reference, pfcl-permuted-mnist, pfcl-rotated-mnist, pfcl-split-cifar100, found 'listing'",
    ],
    ['memorySize', -1, 'memorySize (--memory-size): expected an integer from 0 to 10000000, found -1'],
    ['rehearsal', 0.5, 'rehearsal (--rehearsal): expected an integer from 0 to 1000000, found 0.5'],
  ])('%s = %o', (key, value, text) => {
    expect(refusal({ strategy: 'lfd', [key]: value })).toContain(text);
  });

  test.each([
    ['ratios', [1]],
    ['ratios', [1e-6, 1]],
    ['radius', 1e-3],
    ['lambdaClamp', [0, 1]],
    ['lambdaClamp', [-10, 10]],
  ])('%s = %o is in it', (key, value) => {
    expect(parseConfig({ strategy: 'lfd', [key]: value })).toHaveProperty(key, value);
  });
});

describe('without a memory', () => {
  const bare = { memorySize: 0, rehearsal: 0, equilibriumPoint: 'off', direction: 'random' } as const;

  test.each(['lfd', 'er+lfd'] as const)('%s has its penalty along a random direction left', (strategy) => {
    expect(parseConfig({ strategy, ...bare })).toMatchObject(bare);
  });

  test.each([
    [
      'lfd',
      { equilibriumPoint: 'on' },
      'the equilibrium point needs a memory',
      'equilibriumPoint (--equilibrium-point) to "off"',
    ],
    ['lfd', { direction: 'rsgd' }, 'Riemannian SGD needs a memory', 'direction (--direction) to "random"'],
    ['lfd', { rehearsal: 1 }, 'rehearsal needs a memory', 'rehearsal (--rehearsal) to 0'],
    ['er+lfd', { rehearsal: 64 }, 'rehearsal needs a memory', 'rehearsal (--rehearsal) to 0'],
  ])('%s with %o is refused, and told what to do', (strategy, more, problem, remedy) => {
    const text = refusal({ strategy, ...bare, ...more });
    expect(text).toContain('memorySize (--memory-size): is 0');
    expect(text).toContain(problem);
    expect(text).toContain(remedy);
    expect(text).toContain('has a problem:');
    expect(parseConfig({ strategy, ...bare, ...more, memorySelection: 'all' })).toMatchObject(more);
    expect(parseConfig({ strategy, ...bare, ...more, memorySize: 1 })).toMatchObject(more);
  });

  test('er has nothing to rehearse', () => {
    expect(refusal({ strategy: 'er', memorySize: 0 })).toContain('rehearsal needs a memory');
  });

  test('every part that misses it is named at once', () => {
    expect(refusal({ strategy: 'er+lfd', memorySize: 0 })).toContain('has 3 problems');
  });
});

describe('preset reference', () => {
  test("has the reference implementation's numbers", () => {
    expect(parseConfig({ strategy: 'lfd', preset: 'reference' })).toMatchObject({
      alpha: 0.05,
      direction: 'random',
      sphere: 'per-tensor',
      radius: 1,
      smoothing: 0,
      equilibriumPoint: 'off',
      memorySize: 0,
      rehearsal: 0,
      learningRate: 1e-3,
      weightDecay: 1e-4,
      batchSize: 256,
    });
  });

  test.each([
    ['alpha', 0.01],
    ['direction', 'rsgd'],
    ['sphere', 'global'],
    ['radius', 20],
    ['equilibriumPoint', 'on'],
    ['memorySize', 200],
    ['memorySelection', 'all'],
    ['rehearsal', 64],
    ['lambdaClamp', [0, 1]],
    ['directionIterations', 7],
  ])('takes no %s of %o beside it', (key, value) => {
    const text = refusal({ strategy: 'lfd', preset: 'reference', [key]: value });
    expect(text).toMatch(
      new RegExp(
        `${key} \\(--[a-z-]+\\): preset "reference" fixes it; leave it out, or leave out the preset`,
      ),
    );
  });

  test('is of lfd alone', () => {
    expect(refusal({ strategy: 'er+lfd', preset: 'reference' })).toContain(
      '"reference" is a preset of lfd alone; found er+lfd',
    );
  });

  test('takes the options that every strategy has', () => {
    const input = {
      strategy: 'lfd',
      preset: 'reference',
      tasks: 3,
      epochs: 2,
      threads: 1,
      seed: 11,
    } as const;
    expect(parseConfig(input)).toMatchObject(input);
  });
});

describe('a resolved configuration, read back, is itself', () => {
  const inputs = [
    ...strategyNames.map((strategy) => ({ strategy, scenario: scenarioOf(strategy) })),
    { strategy: 'lfd', preset: 'reference' },
    { strategy: 'lfd', sphere: 'per-tensor', lambdaClamp: [0, 1], memorySelection: 'all', memorySize: 0 },
  ];
  test.each(inputs)('%o', (input) => {
    const resolved = parseConfig(input);
    expect(parseConfig(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
  });
});

describe('options of another strategy', () => {
  test.each([
    ['baseline', 'alpha', 0.1],
    ['baseline', 'memorySize', 10],
    ['er', 'radius', 1],
  ])('%s knows no %s, and says so without proposing it', (strategy, key, value) => {
    const text = refusal({ strategy, [key]: value });
    expect(text).toContain(`"${key}"`);
    expect(text).not.toContain(`did you mean "${key}"`);
  });
});

test('a start of lambda outside its clamp is refused', () => {
  expect(refusal({ strategy: 'lfd', lambdaClamp: [0.6, 1] })).toContain(
    'lambdaStart (--lambda-start): 0.5 lies outside lambdaClamp (--lambda-clamp), 0.6 to 1',
  );
});

test.each([
  [
    { directionPasses: 3, directionIterations: 7 },
    'directionPasses (--direction-passes): they take the place of',
  ],
  [{ lambdaPasses: 3, lambdaIterations: 7 }, 'lambdaPasses (--lambda-passes): they take the place of'],
  [{ rehearse: 'epochs', memorySize: 0 }, 'is 0, and an epoch rehearses a memory'],
  [{ rehearse: 'epochs', memorySelection: 'reservoir' }, 'a reservoir changes from step to step'],
  [{ memorySize: 0 }, 'set direction (--direction) to "random" or "none"'],
])('%o are refused together', (options, text) => {
  expect(refusal({ strategy: 'lfd', ...options })).toContain(text);
});

test('examples among those of an epoch have no mean of their own', () => {
  expect(refusal({ strategy: 'er', rehearse: 'epochs', replayLoss: 'separate' })).toContain(
    'replayLoss (--replay-loss): examples that are among',
  );
});
