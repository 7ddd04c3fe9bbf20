import { access, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

const PLACES = [process.env.CL_TORCH_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'];

/** The Chromium of this machine; undefined where there is none. */
async function findChromium(): Promise<string | undefined> {
  for (const place of PLACES) {
    if (
      place !== undefined &&
      (await access(place).then(
        () => true,
        () => false,
      ))
    )
      return place;
  }
  return undefined;
}

function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A Chromium that is there from a file's first test to its last. */
export interface FileBrowser {
  readonly isThere: boolean;
  /** Only within tests, and where it is there. */
  readonly browser: Browser;
}

/** Starts Chromium for the tests of the file that calls it, once for all of them, where the machine has one. */
export async function fileBrowser(): Promise<FileBrowser> {
  const path = await findChromium();
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (path !== undefined) browser = await launch(path);
  });
  afterAll(() => browser?.close());
  return {
    isThere: path !== undefined,
    get browser() {
      if (browser === undefined) throw new Error('There is no Chromium, or no test has begun.');
      return browser;
    },
  };
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Text in which scripts of a test may run. */
export function withoutPolicy(html: string): string {
  return html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');
}

/**
 * What axe finds serious in a page, all its tables open; its text is without policy.
 *
 * @param rules - Options of axe's for other rules than all.
 */
export async function seriousOn(page: Page, rules: object = {}): Promise<unknown[]> {
  await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
  await page.evaluate(await readFile(axe, 'utf8'));
  const options = JSON.stringify({ resultTypes: ['violations'], ...rules });
  const { violations } = (await page.evaluate(`axe.run(${options})`)) as AxeResults;
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => [id, nodes[0]?.html]);
}
