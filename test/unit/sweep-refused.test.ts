import { describe, expect, test } from 'vitest';
import type { SweepRequest } from '../../lib/sweep/plan/spec.js';
import { errorOf } from '../support/refusal.js';
import { choice, log, planned } from '../support/sweep-request.js';

describe.each<[string, Partial<SweepRequest>, string]>([
  ['no strategy', { axes: { learningRate: choice(1, 2) } }, 'it has no strategy'],
  [
    'a choice on test images',
    { axes: { strategy: choice('er'), learningRate: choice(0.1, 0.2) } },
    'it chooses among settings, and test images must not decide. Set images apart (--validation 5000)',
  ],
  [
    'a seed of the search among the fresh ones',
    {
      options: { validation: 9 },
      axes: { strategy: choice('er'), learningRate: choice(0.1, 0.2) },
      how: { finalSeeds: [2, 7] },
    },
    'finalSeeds (--final-seeds) has 2, which the search has, too',
  ],
  [
    'a grid of all numbers between two bounds',
    { options: { validation: 9 }, axes: { strategy: choice('er'), learningRate: log } },
    'learningRate: a grid tries every value',
  ],
  [
    'values for a strategy that is not among them',
    { options: { validation: 9 }, axes: { strategy: choice('er'), 'ewc.strength': choice(1, 2) } },
    'ewc.strength is an option of ewc alone, and the strategies are er',
  ],
  ...(['validation', 'tasks', 'skipTasks', 'classOrder'] as const).map(
    (key): [string, Partial<SweepRequest>, string] => [
      `a choice among values of ${key}`,
      { options: { validation: 9 }, axes: { strategy: choice('er'), [key]: choice(1, 2) } },
      `${key} decides what is measured`,
    ],
  ),
  [
    'a folder for each run',
    { axes: { strategy: choice('er'), out: choice('a', 'b') } },
    'out is the folder of the whole sweep',
  ],
  [
    'a fresh seed twice',
    { options: { validation: 9 }, axes: { strategy: choice('er') }, how: { finalSeeds: [7, 7] } },
    'finalSeeds (--final-seeds) has 7 twice',
  ],
  [
    'no fresh seed',
    { options: { validation: 9 }, axes: { strategy: choice('er') }, how: { finalSeeds: [0] } },
    'finalSeeds (--final-seeds) must be how many, from 1 to 1000, or a list; found 0',
  ],
  [
    'seeds that cannot be counted on',
    { options: { validation: 9 }, axes: { strategy: choice('er') }, seeds: [Number.MAX_SAFE_INTEGER] },
    'finalSeeds (--final-seeds) must be how many',
  ],
  [
    'a batch of a grid',
    { axes: { strategy: choice('er') }, how: { batch: 2 } },
    'batch (--batch) is for tpe, and this is grid',
  ],
  [
    'tasks for the choice that leave none',
    { axes: { strategy: choice('er'), learningRate: choice(0.1, 0.2) }, how: { tuneTasks: 5 } },
    'tuneTasks (--tune-tasks) is 5, and the stream of er has 5 tasks',
  ],
  [
    'trials of a grid',
    { axes: { strategy: choice('er') }, how: { trials: 3 } },
    'trials (--trials) is for random',
  ],
  [
    'a setting that no run can have',
    { options: { validation: 9 }, axes: { strategy: choice('baseline'), learningRate: choice(0.1, 20) } },
    'A run of this sweep cannot be made, that of baseline with learningRate 20.',
  ],
  [
    'an option that there is none of',
    { options: { validation: 9 }, axes: { strategy: choice('baseline'), learningrate: choice(0.1, 0.2) } },
    '"learningrate": unknown key; did you mean "learningRate"?',
  ],
])('a sweep with %s', (_, request, problem) => {
  test('is refused before any work', () => {
    const { code, message } = errorOf(() => planned(request));
    expect(code).toBe('CONFIG_INVALID');
    expect(message).toContain(problem);
  });
});
