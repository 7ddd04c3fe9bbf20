import { describe, expect, test } from 'vitest';
import { comparisonCsv } from '../../lib/report/csv.js';
import { comparisonPage } from '../../lib/report/html/comparison-page.js';
import { runPage } from '../../lib/report/html/run-page.js';
import { comparisonMarkdown, comparisonText, groupByMethod } from '../../lib/report/text/comparison.js';
import type { RunResult } from '../../lib/runs/types.js';
import { madeUpRun } from '../support/made-up-run.js';

/** A class-incremental run whose model knows 99 % of each task when it is told the task. */
function classRun(strategy: 'er' | 'joint', seed: number): RunResult {
  const run = madeUpRun({ strategy, benchmark: 'split-mnist', seed });
  return { ...run, accuracyTaskAware: run.accuracy.map((row) => row.map(() => 98.75)) };
}

const runs = [1, 2].flatMap((seed) => [classRun('er', seed), classRun('joint', seed)]);
const methods = groupByMethod(runs);

describe('class-incremental runs', () => {
  test('the page of one has the accuracies where the task is told, and says what the tasks are', async () => {
    const page = await runPage(runs[0] as RunResult);
    expect(page).toContain('id="matrix-task-told"');
    expect(page).toMatch(/Accuracy, task told[\s\S]{0,200}98\.75/);
    expect(page).toContain('5 class-incremental tasks');
    expect(page).toContain('Class-incremental tasks. A row for each task just learnt');
  });

  test('a comparison has them beside the upper bound’s, in its page, text and files', async () => {
    const page = await comparisonPage(runs);
    expect(page).toContain('accuracy, task told');
    expect(page).toContain('The tasks are class-incremental.');
    const markdown = comparisonMarkdown(methods);
    expect(markdown).toMatch(/\| method \| seeds \| average accuracy.* \| accuracy, task told/);
    expect(markdown).toMatch(/\| joint \(upper bound\) \| 2 \| .* \| 98\.75/);
    expect(comparisonText(methods)).toContain('class-incremental');
    expect(comparisonCsv(methods)).toMatch(/"accuracy, task told, % of test images"/);
  });
});

test('of other runs nothing is told of the task', async () => {
  const run = madeUpRun({ strategy: 'er', tasks: 3 });
  expect(await runPage(run)).not.toContain('task told');
  expect(comparisonMarkdown(groupByMethod([run]))).not.toContain('task told');
  expect(comparisonMarkdown(groupByMethod([run]))).toContain('of domain-incremental tasks');
});

test('runs that differ in the scenario are not said to have one', () => {
  const scenarios = (['domain', 'class'] as const).map((scenario) =>
    madeUpRun({ strategy: 'er', benchmark: 'split-mnist', scenario }),
  );
  expect(comparisonMarkdown(groupByMethod(scenarios))).not.toContain('incremental tasks');
});
