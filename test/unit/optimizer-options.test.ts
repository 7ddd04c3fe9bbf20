import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../lib/config/parse.js';
import { errorOf } from '../support/refusal.js';

describe('options of an optimizer or a schedule that contradict each other are refused by name:', () => {
  test.each<[string, object, string]>([
    ['momentum for AdamW', { momentum: 0.9 }, 'momentum (--momentum): an option of optimizer sgd'],
    [
      'Nesterov for Adam',
      { optimizer: 'adam', nesterov: 'on' },
      'nesterov (--nesterov): an option of optimizer sgd',
    ],
    [
      'a beta for SGD',
      { optimizer: 'sgd', beta1: 0.8 },
      'beta1 (--beta1): an option of optimizer adamw and adam',
    ],
    ['Nesterov without momentum', { optimizer: 'sgd', nesterov: 'on' }, 'momentum (--momentum) is 0'],
    [
      'milestones without steps',
      { milestones: [2] },
      'milestones (--milestones): an option of schedule steps',
    ],
    ['steps without milestones', { schedule: 'steps' }, 'steps needs milestones (--milestones)'],
    [
      'restarts without a period',
      { schedule: 'restarts' },
      'restarts needs restartEpochs (--restart-epochs)',
    ],
    [
      'a least rate without annealing',
      { minLearningRate: 1e-5 },
      'an option of schedule cosine and restarts',
    ],
    ['a least rate above the first', { schedule: 'cosine', minLearningRate: 0.1 }, 'is above learningRate'],
    ['milestones that fall', { schedule: 'steps', milestones: [3, 2] }, 'must be above the one before it'],
    ['a milestone of 0', { schedule: 'steps', milestones: [0] }, '1 to 16 increasing integers from 1'],
    ['a norm of 0', { clipGradient: 0 }, 'clipGradient (--clip-gradient): expected a number above 0'],
    [
      'a share of the rate without a warm-up',
      { warmUpFactor: 0.2 },
      'warmUpFactor (--warm-up-factor): there is no warm-up; give it warmUpEpochs (--warm-up-epochs)',
    ],
    ['a warm-up at more than the rate', { warmUpEpochs: 1, warmUpFactor: 2 }, 'above 0 and at most 1'],
    ['another optimizer', { optimizer: 'lion' }, 'one of adamw, adam, sgd'],
  ])('%s', (_name, options, message) => {
    const error = errorOf(() => parseConfig({ strategy: 'er', ...options }));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain(message);
  });
});

test('a resolved configuration of each optimizer and schedule can be read back', () => {
  for (const optimizer of ['adamw', 'adam', 'sgd'] as const) {
    for (const schedule of [
      {},
      { schedule: 'steps', milestones: [1, 4] },
      { schedule: 'cosine', minLearningRate: 1e-4 },
      { schedule: 'restarts', restartEpochs: 2, restartFactor: 3 },
      { warmUpEpochs: 2, warmUpFactor: 0.5, clipGradient: 3 },
    ] as const) {
      const config = parseConfig({ strategy: 'baseline', optimizer, ...schedule });
      expect(parseConfig(config)).toEqual(config);
    }
  }
});
