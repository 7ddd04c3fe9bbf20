import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { comparisonPage } from '../../lib/report/html/comparison-page.js';
import { runPage } from '../../lib/report/html/run-page.js';
import type { TaskReport } from '../../lib/training/report.js';
import { fileBrowser } from '../support/browser.js';
import { inventedRun } from '../support/invented-method.js';
import { look as lookAt } from '../support/look.js';
import { madeUpRun, manyRuns } from '../support/made-up-run.js';

const chromium = await fileBrowser();

let page: Page;
beforeAll(async () => {
  if (chromium.isThere) page = await chromium.browser.newPage();
});

const look = (html: string): Promise<string[]> => lookAt(page, html);

const TASKS = [1, 2, 3, 10, 20, 50];
const EPOCHS = [1, 2, 5];
const KINDS = TASKS.flatMap((tasks) => EPOCHS.map((epochs) => [tasks, epochs] as const));

describe.skipIf(!chromium.isThere)('in Chromium (skipped where there is none)', () => {
  test.each(KINDS)(
    'a run of %i tasks and %i epochs: no label twice, on another, or cut',
    async (tasks, epochs) => {
      expect(
        await look(await runPage(madeUpRun({ strategy: 'er+lfd', tasks, epochs }, { loss: 15 / tasks }))),
      ).toEqual([]);
    },
  );

  test.each([1, 2, 10, 50])('a run of %i tasks of a method that nobody here knows', async (tasks) => {
    expect(await look(await runPage(await inventedRun(tasks)))).toEqual([]);
  });

  // What a method may tell: anything.
  test.each([
    ['very small numbers', 1.234e-9],
    ['very large numbers', 9.876e12],
    ['negative numbers', -12345.678],
    ['nothing but zero', 0],
  ])('a curve and a measure of %s', async (_, size) => {
    const run = await inventedRun(10);
    const taskReports = run.taskReports.map(({ phases }, task): TaskReport => {
      const words = { label: 'A long title of what is measured in this picture' };
      const values = Array.from({ length: 30 }, (_, i) => size * (1 + i / 30 + task));
      const y = { label: 'a long label of the axis', unit: 'units of something' };
      return {
        measures: { one: { label: 'one of some length', unit: 'units', value: size * (1 + task / 10) } },
        curves: { some: { ...words, x: { label: 'examples', first: 100, every: 128 }, y, values } },
        phases,
      };
    });
    const without = taskReports.map((report) => ({ ...report, curves: {} }));
    for (const reports of [taskReports, without])
      expect(await look(await runPage({ ...run, taskReports: reports }))).toEqual([]);
  });

  test.each([1, 2, 10, 50])('a comparison over %i tasks: nothing cut, no word broken', async (tasks) => {
    const runs = (['baseline', 'lfd', 'er', 'er+lfd', 'joint'] as const).flatMap((strategy, index) =>
      [2024, 2025, 2026].map((seed) => madeUpRun({ strategy, seed, tasks }, { loss: (5 - index) / tasks })),
    );
    expect(await look(await comparisonPage(runs))).toEqual([]);
  });

  test('a run of more tasks than are drawn', async () => {
    expect(
      await look(await runPage(madeUpRun({ strategy: 'lfd', tasks: 120, epochs: 1 }, { loss: 0.1 }))),
    ).toEqual([]);
  });

  test.each([1, 2, 5, 20])('a comparison of 17 methods over %i tasks', async (tasks) => {
    expect(await look(await comparisonPage(manyRuns(tasks)))).toEqual([]);
  });

  test('a comparison of twelve settings with long names', async () => {
    const runs = Array.from({ length: 12 }, (_, i) =>
      madeUpRun({ strategy: 'er', memorySize: 100 * (i + 1), learningRate: i % 2 ? 0.01 : 0.001 }),
    );
    expect(await look(await comparisonPage(runs))).toEqual([]);
  });

  test('one that did nothing, and one that forgot nothing', async () => {
    const run = madeUpRun({ strategy: 'baseline', tasks: 3 }, { loss: 0 });
    const perfect = {
      ...run,
      accuracy: run.accuracy.map((row) => row.map(() => 100)),
      taskMeans: [100, 100, 100],
    };
    expect(await look(await runPage(perfect))).toEqual([]);
    expect(await look(await runPage(madeUpRun({ strategy: 'lfd' }, { done: 0 })))).toEqual([]);
  });
});

describe('a page says', () => {
  const validation = { strategy: 'baseline', tasks: 3, validation: 5000 } as const;

  test.each([
    ['test images', madeUpRun({ strategy: 'baseline', tasks: 3 })],
    ['validation images', madeUpRun(validation)],
  ])(
    'that every accuracy is of the %s: in the heading, the cards, the captions and the tables',
    async (images, run) => {
      const html = await runPage(run);
      const other = images === 'test images' ? 'validation images' : 'test images';
      expect(html).toContain(`Every accuracy is of the ${images}.`);
      expect(html).toContain(`<small class="note">of ${images}</small>`);
      for (const title of ['Accuracy matrix', 'Each task over time', 'Forgetting of each task']) {
        expect(html).toContain(`<h3>${title}, on ${images}</h3>`);
      }
      expect(html).toContain(`<small>% of ${images}</small>`);
      expect(html).not.toContain(other);
      const page = await comparisonPage([run, { ...run, config: { ...run.config, seed: 1 } }]);
      expect(page).toContain(`Every accuracy is of the ${images}.`);
      expect(page).toContain(`Percent and points of the ${images}`);
    },
  );

  test('that runs were not measured on the same images', async () => {
    const html = await comparisonPage([madeUpRun({ strategy: 'er', tasks: 3 }), madeUpRun(validation)]);
    expect(html).toContain(
      'Not measured on the same images: er on test images, baseline on validation images.',
    );
  });

  test('when a run was begun, with which seed, and by which command', async () => {
    const run = madeUpRun({ strategy: 'er', tasks: 3, seed: 7, memorySize: 50 });
    const html = await runPage(run);
    expect(html).toContain('npx cl-torch run er --seed 7 --memory-size 50 --tasks 3 --threads 2');
    expect(html).toContain('2026-11-25 21:04 UTC');
    expect(html).toContain('seed 7.');
    const both = await comparisonPage([run, { ...run, config: { ...run.config, seed: 9 } }]);
    expect(both).toContain('npx cl-torch run er --seeds 7,9 --memory-size 50 --tasks 3 --threads 2');
    expect(both).toContain('seeds 7, 9.');
    const { startedAt, ...old } = run;
    expect(await runPage(old)).toContain('not recorded');
    expect(await comparisonPage([old, run])).toContain('2026-11-25 21:04 UTC');
  });
});
