import { describe, expect, test } from 'vitest';
import { reportLines } from '../../lib/report/text/lines.js';

describe('the lines on what a strategy told of a task', () => {
  const task = { type: 'task', task: 1, tasks: 2, accuracy: [90, 96], mean: 93, seconds: 1 } as const;

  test('have the direction, the deviation and the equilibrium point', () => {
    const report = {
      direction: { objectiveFirst: 0.5, objectiveLast: 0.25, path: [0.5], seconds: 0.4 },
      deviation: 3.1449,
      equilibriumPoint: {
        path: [0.5, 0.8, 0.875],
        lossOld: 2,
        lossNew: 1,
        loss: 0.9,
        accuracyBefore: [80, 97],
        seconds: 0.2,
      },
    };
    expect(reportLines({ ...task, report })).toEqual([
      'direction: memory loss along it 0.500 → 0.250; weights left it by 3.14',
      'equilibrium point: 88 % of the way to the new weights; mean 88.5 → 93.0',
    ]);
  });

  test('are none for a strategy that told nothing', () => {
    expect(
      reportLines({ ...task, report: { direction: null, deviation: null, equilibriumPoint: null } }),
    ).toEqual([]);
  });

  test('leave out an objective that there was no memory to measure on', () => {
    const direction = { objectiveFirst: null, objectiveLast: null, path: [], seconds: 0 };
    expect(reportLines({ ...task, report: { direction, deviation: 2, equilibriumPoint: null } })).toEqual([
      'direction: weights left it by 2.00',
    ]);
  });
});
