import { expect, test } from 'vitest';
import { comparisonPage } from '../../lib/report/html/comparison-page.js';
import { runPage } from '../../lib/report/html/run-page.js';
import { madeUpRun, manyRuns } from '../support/made-up-run.js';

test('what a run is named and set to is escaped', async () => {
  const run = madeUpRun({ strategy: 'baseline', dataDir: `"><img src=x onerror="alert(1)">'&` });
  const text = await runPage({ ...run, strategy: '<script>alert(1)</script>' });
  expect(text).not.toContain('<script');
  expect(text).not.toContain('<img');
  expect(text).toContain('&#60;script&#62;alert(1)');
});

test('a run that is not finished says so; one of no task has no picture of tasks', async () => {
  expect(await runPage(madeUpRun({ strategy: 'baseline' }, { done: 3 }))).toContain(
    'This run was interrupted after 3 of 10 tasks',
  );
  const nothing = await runPage(madeUpRun({ strategy: 'lfd' }, { done: 0 }));
  expect(nothing).toContain('after 0 of 10 tasks');
  expect(nothing).not.toContain('id="matrix"');
});

test('what has no finite number has no picture; a method that is in no picture is in no legend', async () => {
  const run = madeUpRun({ strategy: 'lfd' });
  const lost = {
    ...run,
    losses: run.losses.map((row) => row.map(() => Number.NaN)),
    taskReports: run.taskReports.map((report) => ({
      ...report,
      curves: Object.fromEntries(
        Object.entries(report.curves).map(([name, curve]) => [
          name,
          { ...curve, values: name === 'lambda-path' ? [0.5, Number.NaN] : [Number.NaN] },
        ]),
      ),
    })),
  };
  const page = await runPage(lost);
  for (const id of ['loss', 'curve-direction-path', 'curve-lambda-path'])
    expect(page).not.toContain(`id="${id}"`);
  expect(page).toContain('id="matrix"');

  const diverged = { task: 0, phase: 'training', epoch: 0, step: 1 } as const;
  const comparison = await comparisonPage([
    madeUpRun({ strategy: 'baseline' }),
    madeUpRun({ strategy: 'er' }),
    { ...run, status: 'diverged', diverged, metrics: null },
  ]);
  expect(comparison).toMatch(/class="legend"/);
  const legends = comparison.match(/class="legend".*?<\/(?:ul|div|p)>/gs) ?? [];
  expect(legends.length).toBeGreaterThan(0);
  for (const legend of legends) expect(legend).not.toContain('lfd');
});

test('of many methods the best come first, and an option has the methods that it is of', async () => {
  const page = await comparisonPage(manyRuns(2));
  expect(page).toContain('17 methods on permuted-mnist');
  expect(page).not.toContain('class="legend"');
  const [ranking = ''] = page.match(/<figure id="ranking".*?<\/figure>/s) ?? [];
  const rows = [...ranking.matchAll(/rowheader">([^<]*)<\/th><td[^>]*>([\d.]+)</g)];
  expect(rows).toHaveLength(17);
  const means = rows.map(([, , mean]) => Number(mean));
  expect(means).toEqual([...means].sort((a, b) => b - a));
  expect(page).toMatch(/>100: ewc; 10: si; 0.1: mas; 1: lwf, derpp, der\+lfd, rwalk, der; 0.01: l2</);
});

test('a page names one’s own data by their folder', async () => {
  const own = madeUpRun({ strategy: 'baseline', benchmark: 'split', dataDir: '/data/my-birds/' });
  expect(await runPage(own)).toContain('baseline on split of my-birds');
  expect(
    await comparisonPage([
      own,
      madeUpRun({ strategy: 'er', benchmark: 'split', dataDir: '/data/my-birds/' }),
    ]),
  ).toContain('2 runs of split of my-birds,');
});
