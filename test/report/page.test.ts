import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { decode, init } from '@jsquash/png/decode.js';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { comparisonPage } from '../../lib/report/html/comparison-page.js';
import { runPage } from '../../lib/report/html/run-page.js';
import { fileBrowser, seriousOn, withoutPolicy } from '../support/browser.js';
import { inventedRun } from '../support/invented-method.js';
import { madeUpRun, manyRuns } from '../support/made-up-run.js';

const chromium = await fileBrowser();
await init(
  await readFile(createRequire(import.meta.url).resolve('@jsquash/png/codec/pkg/squoosh_png_bg.wasm')),
);

const RUN = ['matrix', 'tasks', 'forgetting', 'loss', 'curve-direction-path', 'curve-lambda-path', 'time'];
const COMPARISON = ['means', 'finals', 'cost', 'forgettings'];

interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** Console errors, page errors and requests to anywhere. */
  readonly complaints: string[];
  readonly milliseconds: number;
}

async function open(html: string, width: number, colorScheme: 'light' | 'dark'): Promise<Opened> {
  const context = await chromium.browser.newContext({
    viewport: { width, height: 800 },
    colorScheme,
    bypassCSP: false,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) complaints.push(`request of ${request.url()}`);
  });
  const start = performance.now();
  await page.setContent(html, { waitUntil: 'load' });
  const milliseconds = performance.now() - start;
  return { page, complaints, milliseconds, [Symbol.asyncDispose]: () => context.close() };
}

/** What axe finds serious in a page, all its tables open. */
async function seriousIn(html: string, width: number, scheme: 'light' | 'dark'): Promise<unknown[]> {
  await using opened = await open(withoutPolicy(html), width, scheme);
  // In the dark it is the same document in other colours.
  return await seriousOn(opened.page, scheme === 'dark' ? { runOnly: ['cat.color'] } : {});
}

type Screenshot = Awaited<ReturnType<typeof decode>>;
type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

/** The whole page, however long. */
async function screenshotOf(page: Page): Promise<Screenshot> {
  const png = await page.screenshot({ fullPage: true });
  return decode(new Uint8Array(png).buffer, { bitDepth: 16 });
}

/** Of a part of a screenshot: the share of pixels that differ from its corner's, and how many of them have a hue. */
function paintIn({ width, data }: Screenshot, box: Box): { painted: number; colors: number } {
  const at = (index: number): number => (data[index] ?? Number.NaN) >> 8;
  const [left, top] = [Math.ceil(box.x), Math.ceil(box.y)];
  const [right, bottom] = [Math.floor(box.x + box.width), Math.floor(box.y + box.height)];
  const corner = 4 * (top * width + left);
  const [paperRed, paperGreen, paperBlue] = [at(corner), at(corner + 1), at(corner + 2)];
  let painted = 0;
  let colors = 0;
  for (let y = top; y < bottom; ++y) {
    for (let index = 4 * (y * width + left); index < 4 * (y * width + right); index += 4) {
      const [red, green, blue] = [at(index), at(index + 1), at(index + 2)];
      const away = Math.max(
        Math.abs(red - paperRed),
        Math.abs(green - paperGreen),
        Math.abs(blue - paperBlue),
      );
      if (away < 24) continue;
      painted += 1;
      if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60) colors += 1;
    }
  }
  return { painted: painted / ((right - left) * (bottom - top)), colors };
}

/** Draws the page when it is first asked for. */
function drawnOnce(draw: () => Promise<string>): () => Promise<string> {
  let page: Promise<string> | undefined;
  return () => {
    page ??= draw();
    return page;
  };
}

const pages = {
  run: { html: drawnOnce(() => runPage(madeUpRun({ strategy: 'er+lfd' }))), figures: RUN },
  interrupted: {
    html: drawnOnce(() => runPage(madeUpRun({ strategy: 'baseline' }, { done: 3 }))),
    figures: ['matrix', 'tasks', 'forgetting', 'loss', 'time'],
  },
  invented: {
    html: drawnOnce(async () => runPage(await inventedRun())),
    figures: [
      ...['matrix', 'tasks', 'forgetting', 'loss'],
      ...['measure-weighing-quill', 'curve-ink', 'measure-strategy-blots', 'time'],
    ],
  },
  'invented, among others': {
    html: drawnOnce(async () =>
      comparisonPage([madeUpRun({ strategy: 'lfd', tasks: 4 }), await inventedRun()]),
    ),
    figures: COMPARISON,
  },
  comparison: {
    html: drawnOnce(() =>
      comparisonPage(
        (['baseline', 'lfd', 'er', 'joint'] as const).flatMap((strategy, index) =>
          [1, 2, 3].map((seed) => madeUpRun({ strategy, seed }, { loss: 3 - index })),
        ),
      ),
    ),
    figures: COMPARISON,
  },
};

/** More methods than there are colours, of 20 tasks. */
const many = drawnOnce(() => comparisonPage(manyRuns(20)));

describe.skipIf(!chromium.isThere)('in Chromium (skipped where there is none)', () => {
  describe.each(Object.entries(pages))('the page of the %s', (_, { html, figures }) => {
    test.each([
      [1280, 'light'],
      [1280, 'dark'],
      [375, 'light'],
      [375, 'dark'],
    ] as const)('%i px wide, %s', async (width, scheme) => {
      await using opened = await open(await html(), width, scheme);
      const { page, complaints } = opened;
      expect(await page.locator('figure').evaluateAll((all) => all.map(({ id }) => id))).toEqual(figures);
      const screenshot = await screenshotOf(page);
      for (const figure of figures) {
        const pictures = page.locator(`#${figure} svg[role=img]:visible`);
        expect(await pictures.count()).toBe(1);
        const box = await pictures.boundingBox();
        if (box === null) throw new Error(`${figure} has no place on the page`);
        expect(box.width).toBeGreaterThan(250);
        expect(box.height).toBeGreaterThan(80);
        expect(box.y + box.height).toBeLessThanOrEqual(screenshot.height);
        const { painted, colors } = paintIn(screenshot, box);
        expect(painted, `${figure} is painted`).toBeGreaterThan(0.01);
        expect(colors, `${figure} has marks in colour`).toBeGreaterThan(0);
      }
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
      const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(paper).toBe(scheme === 'dark' ? 'rgb(20, 23, 26)' : 'rgb(253, 253, 252)');
      expect(complaints).toEqual([]);
    });

    test.each([
      [1280, 'light'],
      [1280, 'dark'],
      [375, 'light'],
      [375, 'dark'],
    ] as const)('axe finds nothing serious: %i px, %s', { timeout: 180_000 }, async (width, scheme) => {
      expect(await seriousIn(await html(), width, scheme)).toEqual([]);
    });
  });

  test('axe finds nothing serious in a comparison of many methods', { timeout: 180_000 }, async () => {
    expect(await seriousIn(await many(), 1280, 'light')).toEqual([]);
  });

  test('on paper nothing of a comparison of many methods is wider than the sheet', async () => {
    await using opened = await open(await many(), 720, 'light');
    const { page } = opened;
    const ids = await page.locator('figure').evaluateAll((all) => all.map(({ id }) => id));
    expect(ids).toEqual(['ranking', ...COMPARISON]);
    await page.emulateMedia({ media: 'print' });
    const wide = await page
      .locator('table:visible, svg:visible')
      .evaluateAll(
        (all, width) =>
          all
            .filter((each) => each.getBoundingClientRect().right > width + 1)
            .map((each) => each.querySelector('caption, desc')?.textContent),
        720,
      );
    expect(wide).toEqual([]);
    const instead = page.locator('.paper:visible');
    expect(await instead.first().textContent()).toContain('35 columns, in means.csv of this page');
  });

  test('a table by keyboard, and its file', async () => {
    await using opened = await open(await pages.run.html(), 1280, 'light');
    const { page } = opened;
    await page.locator('#matrix summary').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#matrix table').isVisible()).toBe(true);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('#matrix .csv a').click(),
    ]);
    expect(download.suggestedFilename()).toBe('accuracy.csv');
    const lines = (await readFile(await download.path(), 'utf8')).split('\r\n');
    const { accuracy } = madeUpRun({ strategy: 'er+lfd' });
    expect(lines).toHaveLength(12);
    expect(lines[10]).toBe(['9', ...(accuracy[9] ?? [])].join(','));
  });

  test('opens at once', async () => {
    const text = await pages.run.html();
    const times: number[] = [];
    for (let time = 0; time < 5; ++time) {
      await using opened = await open(text, 1280, 'light');
      times.push(opened.milliseconds);
    }
    expect(Math.min(...times)).toBeLessThan(1000); // the others may have met another process
  });
});

test('a page weighs little, has no script and names nothing outside itself', async () => {
  for (const html of [...Object.values(pages).map((each) => each.html), many]) {
    const text = await html();
    expect(text.length).toBeLessThan(1e6);
    expect(text).not.toMatch(/<script|<link(?! rel="icon" href="data:)|@import|url\((?!#)/);
    expect([...text.matchAll(/https?:[^"\s]*/g)].map(([url]) => url)).toEqual([]);
  }
});
