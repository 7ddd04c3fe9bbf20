import { parseHTML } from 'linkedom';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { sweepPage } from '../../lib/report/html/sweep-page.js';
import type { Interval } from '../../lib/search/space.js';
import { fileBrowser, seriousOn, withoutPolicy } from '../support/browser.js';
import { look } from '../support/look.js';
import { LEARNING_RATE, type MadeUp, madeUpSweep } from '../support/made-up-sweep.js';

const chromium = await fileBrowser();

let page: Page;
beforeAll(async () => {
  if (chromium.isThere) page = await chromium.browser.newPage();
});

const pageOf = (kind: MadeUp): Promise<string> => sweepPage(madeUpSweep(kind), '0.1.0');

function pointsOf(scale: Interval['scale'], points: readonly number[]): Interval {
  return { kind: 'interval', scale, low: points[0] ?? 0, high: points.at(-1) ?? 0, points };
}

const RATES = pointsOf('log', [1e-4, 1e-3, 1e-2, 1e-1]);
const SIZES = pointsOf('linear', [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);

/** Six options, two of them with long names or values. */
const SIX = {
  learningRate: LEARNING_RATE,
  weightDecayOfTheNetworkOutside: { kind: 'interval', scale: 'log', low: 1e-8, high: 1e-2 },
  memorySize: SIZES,
  optimizer: { kind: 'choice', values: ['adamw', 'sgd', 'adam'] },
  schedule: { kind: 'choice', values: ['constant', 'cosine-with-warmup', 'step'] },
  batchSize: { kind: 'choice', values: [16, 32, 64, 128, 256] },
} as const;

const TWENTY = Array.from({ length: 20 }, (_, i) => (i % 3 ? `m${i}` : `a-method-with-a-long-name-${i}+lfd`));

const KINDS: Record<string, MadeUp> = {
  'a random search with runs that diverged': { trials: 30, troubled: { diverged: 23 } },
  'a grid over one option': { kind: 'grid', trials: 4, settings: { learningRate: RATES } },
  'asha on the first tasks': { kind: 'asha', trials: 27, choice: 'first-tasks', methods: ['er', 'lfd'] },
  'a grid of which nothing is chosen': {
    ...{ choice: 'none', kind: 'grid', trials: 12, methods: ['er', 'joint'] },
    settings: {
      learningRate: RATES,
      hidden: { kind: 'choice', values: [[100], [400, 400], [1000, 1000, 1000]] },
    },
  },
  'tpe over six options': { kind: 'tpe', trials: 40, settings: SIX, methods: ['er'], by: 'average' },
  'twenty methods': { kind: 'tpe', trials: 5, gap: 1, methods: TWENTY },
  'hardly anything done': { troubled: { missing: 2, running: 3, failed: 5 } },
  'one method and one setting': { methods: ['er'], settings: {}, trials: 1, choice: 'none' },
};

describe.skipIf(!chromium.isThere)('in Chromium (skipped where there is none)', () => {
  test.each(Object.entries(KINDS))('%s: no label on another, nothing cut', async (_, kind) => {
    expect(await look(page, await pageOf(kind))).toEqual([]);
  });

  test.each([
    [1280, 'light'],
    [390, 'dark'],
  ] as const)('axe finds nothing serious: %i px, %s', { timeout: 180_000 }, async (width, colorScheme) => {
    const html = await pageOf({ trials: 9, methods: TWENTY.slice(0, 7), troubled: { failed: 50 } });
    const context = await chromium.browser.newContext({ viewport: { width, height: 800 }, colorScheme });
    const opened = await context.newPage();
    await opened.setContent(withoutPolicy(html));
    const serious = await seriousOn(opened);
    await context.close();
    expect(serious).toEqual([]);
  });
});

/** What stands in a page, in its order. */
function outline(html: string): string[] {
  return [...html.matchAll(/<h2>([^<]*)<\/h2>|<figure id="([^"]*)"/g)].map(
    ([, title, id]) => title ?? id ?? '',
  );
}

test('first what was asked, chosen and tried, and only then the results', async () => {
  const html = await pageOf({ kind: 'asha', trials: 27, methods: ['er', 'lfd'], troubled: { failed: 60 } });
  expect(outline(html)).toEqual([
    'What was asked',
    ...['What was chosen', 'best-settings'],
    ...['The landscape', 'search'],
    ...['rungs-0', 'parallel-0', 'response-0', 'rungs-1', 'parallel-1', 'response-1'],
    ...['Time and memory', 'time', 'memory'],
    ...['Results, on test images', 'results-figure'],
    'Are the differences more than chance?',
    'What failed',
    'Every run',
  ]);
  const [before = '', after = ''] = html.split('<h2>Results, on test images</h2>');
  expect(before).toContain('which no choice has seen');
  for (const id of ['best-settings', 'search', 'rungs-0', 'parallel-0', 'response-0'])
    expect(before).toMatch(new RegExp(`<figure id="${id}".*?<h3>[^<]*, on validation images</h3>`, 's'));
  expect(after).toMatch(/<figure id="results-figure".*?<h3>Average accuracy, on test images<\/h3>/s);
  expect(after).toContain('CONFIG_INVALID: memorySize must be an integer');
});

test('that nothing was chosen is said before all numbers', async () => {
  const html = await pageOf({ choice: 'none', trials: 3 });
  expect(html).toMatch(
    /role="note">Nothing was chosen: every number is of the test images, of every setting\.</,
  );
  expect(html).toContain('has chosen on the test images: the best number is too good then');
  expect(html).not.toContain('What was chosen');
});

test('of a search that is not over the results are yet to come', async () => {
  const html = await pageOf({ troubled: { missing: 1 } });
  expect(html).toMatch(/Not finished: \d+ runs of \d+ are still to come to an end/);
  expect(html).toContain('None yet: the settings are measured on these images once they are chosen.');
});

test('more than five methods are compared in a picture, fewer in a table', async () => {
  expect(outline(await pageOf({ methods: TWENTY, trials: 2 }))).toContain('differences');
  const few = await pageOf({ trials: 2 });
  expect(outline(few)).not.toContain('differences');
  expect(few).toMatch(/rowheader">er − ewc<\/th>/);
});

test('a page of 1,000 runs weighs under 3 MB, has no script and names nothing outside itself', async () => {
  const html = await pageOf({ trials: 110, settings: SIX });
  expect(html.length).toBeLessThan(3e6);
  expect(html).not.toMatch(/<script|<link(?! rel="icon" href="data:)|@import|url\((?!#)/);
  expect([...html.matchAll(/https?:[^"\s]*/g)].map(([url]) => url)).toEqual([]);
});

test('names and errors are escaped', async () => {
  const html = await pageOf({
    methods: ['<script>alert(1)</script>', `"><img src=x>'&`],
    troubled: { failed: 7 },
  });
  const { document } = parseHTML(html);
  expect(document.querySelectorAll('script, img, [onerror]')).toHaveLength(0);
  expect(document.querySelector('#parallel-0 h3')?.textContent).toBe(
    '<script>alert(1)</script>: every setting, on validation images',
  );
});
