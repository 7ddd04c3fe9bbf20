import { describe, expect, test } from 'vitest';
import { reportLines } from '../../lib/report/text/reported.js';
import { silent } from '../support/made-up-run.js';
import { learnByLfd } from '../support/task-training.js';

describe('the lines on what a strategy told of a task', () => {
  const task = { type: 'task', task: 1, tasks: 2, accuracy: [90, 96], mean: 93, seconds: 1 } as const;

  test('have the direction, the deviation and the equilibrium point', async () => {
    const { report = silent } = await learnByLfd({}, {});
    expect(reportLines({ ...task, report })).toEqual([
      'direction: memory loss along it 0.500 → 0.250; weights left it by 3.14; |cos| to it 0.0375',
      'equilibrium point: 88 % of the way to the new weights; mean 88.5 → 93.0',
    ]);
  });

  test('are none for a strategy that told nothing', () => {
    expect(reportLines({ ...task, report: silent })).toEqual([]);
  });

  test('leave out an objective that there was no memory to measure on', async () => {
    const none = { objectiveFirst: null, objectiveLast: null, path: Float64Array.of() };
    const { report = silent } = await learnByLfd(none, {});
    expect(reportLines({ ...task, report })[0]).toBe(
      'direction: weights left it by 3.14; |cos| to it 0.0375',
    );
  });

  const measure = { label: 'share', value: 0.12345 };
  test.each([
    ['four significant digits', measure, 'share 0.1235'],
    ['a unit', { ...measure, unit: '%' }, 'share 0.1235 %'],
    ['decimals', { ...measure, digits: 1 }, 'share 0.1'],
    ['a place in words', { ...measure, line: 'all but {.3} of it' }, 'all but 0.123 of it'],
    ['percent', { ...measure, line: '{%} of it, exactly {.2%}' }, '12 % of it, exactly 12.35 %'],
    ['a pair', { ...measure, before: 2, unit: 's' }, 'share 2 → 0.1235 s'],
    ['a pair without its first', { ...measure, before: null }, 'share 0.1235'],
    ['a tiny number', { ...measure, value: 1.23456e-9 }, 'share 1.235e-9'],
    ['NaN', { ...measure, value: Number.NaN }, 'share NaN'],
    ['none', { ...measure, value: null }, undefined],
    ['one that is kept out', { ...measure, line: null }, undefined],
  ])('write a measure with %s', (_, each, expected) => {
    const lines = reportLines({ ...task, report: { ...silent, measures: { each } } });
    expect(lines).toEqual(expected === undefined ? [] : [expected]);
  });

  test('show what a phase changed by what was measured next', () => {
    const phases = {
      first: { label: 'one', seconds: 1, accuracyBefore: [10, 20] },
      between: { label: 'two', seconds: 1 },
      last: { label: 'three', seconds: 1, accuracyBefore: [30, 40] },
    };
    expect(reportLines({ ...task, report: { ...silent, phases } })).toEqual([
      'one: mean 15.0 → 35.0',
      'three: mean 35.0 → 93.0',
    ]);
  });
});
