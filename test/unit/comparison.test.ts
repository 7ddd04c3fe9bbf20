import { describe, expect, test } from 'vitest';
import type { ExperimentInput } from '../../lib/config/types.js';
import { comparisonCsv } from '../../lib/report/csv.js';
import {
  comparisonMarkdown,
  comparisonTable,
  comparisonText,
  groupByMethod,
} from '../../lib/report/text/comparison.js';
import type { RunResult } from '../../lib/runs/types.js';
import { madeUpRun } from '../support/made-up-run.js';

/** A run whose average accuracy is that. */
function run(input: ExperimentInput, percent: number): RunResult {
  const made = madeUpRun({ tasks: 2, ...input });
  const metrics = made.metrics && { ...made.metrics, averageAccuracy: percent };
  return { ...made, metrics };
}

const several = (strategy: 'lfd' | 'er' | 'joint', percents: number[], more: object = {}): RunResult[] =>
  percents.map((percent, seed) => run({ strategy, seed, ...more }, percent));

const boldRows = (runs: RunResult[]): string[] => {
  const { bold = new Set(), columns } = comparisonTable(groupByMethod(runs));
  const column = columns.findIndex(({ label }) => label === 'average accuracy');
  return [...bold].filter((place) => place.endsWith(`,${column}`)).map((place) => place.split(',')[0] ?? '');
};

describe('the best is marked', () => {
  test('where the seeds tell it from the others, the upper bound left out', () => {
    const runs = [
      ...several('lfd', [90, 91, 92]),
      ...several('er', [80, 81, 82]),
      ...several('joint', [98, 98, 98]),
    ];
    expect(boldRows(runs)).toEqual(['0']);
    expect(comparisonText(groupByMethod(runs))).toMatch(/^lfd .*91\.00 ± 1\.00\*/m);
  });

  test('nowhere where they do not, and the caption says so', () => {
    const runs = [...several('lfd', [90, 92, 91]), ...several('er', [91, 90.5, 91.6])];
    expect(boldRows(runs)).toEqual([]);
    expect(comparisonMarkdown(groupByMethod(runs))).not.toMatch(/\*\*9/);
  });

  test('nowhere with one seed, and the caption says why', () => {
    const methods = groupByMethod([...several('lfd', [90]), ...several('er', [10])]);
    expect(comparisonTable(methods).bold?.size).toBe(0);
    expect(comparisonTable(methods).caption).toContain('two seeds of each method or more');
    expect(comparisonText(methods).replaceAll(/\s+/g, ' ')).toContain('two seeds of each method or more');
  });
});

describe('what the accuracies are of', () => {
  const test2 = [...several('lfd', [90, 91]), ...several('er', [80, 81])];
  const validation = [
    ...several('lfd', [90, 91], { validation: 5000 }),
    ...several('er', [80, 81], { validation: 5000 }),
  ];
  test.each([
    ['test images', test2],
    ['validation images', validation],
  ])('%s: in the table, Markdown, CSV and on the terminal', (images, runs) => {
    const methods = groupByMethod(runs);
    expect(comparisonTable(methods).caption).toContain(images);
    expect(comparisonMarkdown(methods).split('\n')[0]).toContain(`| average accuracy, % of ${images} |`);
    expect(comparisonCsv(methods).split('\r\n')[0]).toContain(`"average accuracy, % of ${images}"`);
    expect(comparisonText(methods).replaceAll(/\s+/g, ' ')).toContain(`of the ${images}`);
  });

  test('not the same: nothing is called best, and the caption says so', () => {
    const methods = groupByMethod([
      ...several('lfd', [90, 91]),
      ...several('er', [10, 11], { validation: 5000 }),
    ]);
    expect(comparisonTable(methods).bold?.size).toBe(0);
    expect(comparisonTable(methods).caption).toContain('not measured on the same images');
    expect(comparisonCsv(methods)).not.toContain('of test images');
  });
});

test('the seeds are in the CSV file', () => {
  expect(comparisonCsv(groupByMethod(several('lfd', [90, 91, 92])))).toMatch(/^lfd,3,91,.*,0 1 2\r$/m);
});

test('a terminal of 80 columns has room for every line', () => {
  const runs = [
    ...several('lfd', [90, 91, 92]),
    ...several('er', [80, 81, 82]),
    ...several('joint', [98, 98, 98]),
  ];
  for (const line of comparisonText(groupByMethod(runs)).split('\n'))
    expect(line.length).toBeLessThanOrEqual(80);
});

test('one of 40 columns has a line for each measure, and breaks none', () => {
  const text = comparisonText(
    groupByMethod([...several('lfd', [90, 91, 92]), ...several('er', [80, 81, 82])]),
    40,
  );
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
  expect(text).toMatch(/^lfd, seeds: 3\n {2}accuracy, %: 91\.00 ± 1\.00\*\n {2}forgetting: /m);
});
