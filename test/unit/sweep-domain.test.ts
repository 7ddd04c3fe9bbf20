import { describe, expect, test } from 'vitest';
import { commonOptions } from '../../lib/config/experiment.js';
import { mlp } from '../../lib/networks/mlp.js';
import type { Option } from '../../lib/options/option.js';
import { readDomain } from '../../lib/sweep/plan/domain.js';
import { trainingOptions } from '../../lib/training/options.js';
import { errorOf } from '../support/refusal.js';

const rate = trainingOptions.learningRate as Option<unknown>;
const epochs = commonOptions.epochs as Option<unknown>;

describe('a list', () => {
  test('of a text has its numbers as numbers', () => {
    expect(readDomain('learningRate', '1e-4, 0.001', rate)).toEqual({ kind: 'choice', values: [1e-4, 1e-3] });
  });

  test('of a file has its values as they are', () => {
    expect(readDomain('epochs', [1, 2], epochs)).toEqual({ kind: 'choice', values: [1, 2] });
    expect(readDomain('epochs', 3, epochs)).toEqual({ kind: 'choice', values: [3] });
  });

  test('of lists is parted by semicolons', () => {
    const hidden = mlp.options.hidden as Option<unknown>;
    const domain = readDomain('hidden', '100,100;400', hidden);
    expect(domain).toEqual({ kind: 'choice', values: [[100, 100], [400]] });
  });

  test('choice(…) is the same', () => {
    expect(readDomain('epochs', 'choice(1, 5)', epochs)).toEqual({ kind: 'choice', values: [1, 5] });
  });
});

describe('numbers between two bounds', () => {
  test('range(a,b) is all of them, range(a,b,step) those a step apart', () => {
    const all = { kind: 'interval', scale: 'linear', low: 0.1, high: 0.5 };
    expect(readDomain('learningRate', 'range(0.1,0.5)', rate)).toEqual(all);
    const points = [0.1, 0.2, 0.3, 0.4, 0.5];
    expect(readDomain('learningRate', 'range(0.1, 0.5, 0.1)', rate)).toEqual({ ...all, points });
  });

  test('log(a,b,count) has equal ratios, and both bounds', () => {
    const points = [1e-4, 1e-3, 1e-2, 1e-1];
    expect(readDomain('learningRate', 'log(1e-4,1e-1,4)', rate)).toMatchObject({ scale: 'log', points });
  });

  test('of an option that takes whole numbers only are whole', () => {
    expect(readDomain('epochs', 'range(2,5)', epochs)).toMatchObject({ points: [2, 3, 4, 5] });
    expect(readDomain('epochs', 'log(1,8)', epochs)).toMatchObject({ points: [1, 2, 3, 4, 6, 8] });
  });
});

describe.each([
  ['learningRate', 'range(1,1)', 'the first number, 1, must be below the second, 1'],
  ['learningRate', 'log(0,1)', 'log needs numbers above 0, found 0; range takes others'],
  ['learningRate', 'range(0,1,-1)', 'the step must be above 0, found -1'],
  ['learningRate', 'range(0,10,1e-4)', '100001 values are more than 10000'],
  ['learningRate', 'log(1,2,2.5)', 'log(a,b,count) needs a whole count from 2 to 10000, found 2.5'],
  ['learningRate', 'log(1)', 'expected two numbers and perhaps a third one in the brackets, found log(1)'],
  [
    'learningRate',
    'range(a,b)',
    'expected two numbers and perhaps a third one in the brackets, found range(a,b)',
  ],
  ['learningRate', '1,1', '1 is there twice'],
  ['learningRate', '', 'expected 1 to 10000 values'],
  ['learningRate', [], 'expected 1 to 10000 values'],
])('%s = %j', (key, values, problem) => {
  test('is refused with the reason', () => {
    const { code, message } = errorOf(() => readDomain(key, values, rate));
    expect(code).toBe('CONFIG_INVALID');
    expect(message).toContain(`The values of ${key} cannot be swept: ${problem}`);
  });
});
