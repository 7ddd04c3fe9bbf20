import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DECLARATIONS } from '../support/rooms.js';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const SOURCE = /\.(?:[cm]?[jt]sx?|c|cpp|h|cu|cuh|py|sh|cmake)$/;
const MOST_LINES = 300;

/** Names of folders that hold nothing of ours: what .gitignore lists, and Git's own. */
const foreign = new Set([
  '.git',
  ...[...readFileSync(join(checkout, '.gitignore'), 'utf8').matchAll(/^(.+)\/$/gm)].map(([, name]) => name),
]);

/** Every source file of the checkout, by its path. */
function sourcesUnder(folder: string): string[] {
  return readdirSync(join(checkout, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return foreign.has(entry.name) ? [] : sourcesUnder(path);
    return SOURCE.test(entry.name) ? [path] : [];
  });
}

function linesOf(path: string): number {
  return readFileSync(join(checkout, path), 'utf8').split('\n').length - 1;
}

test(`no source file but ${DECLARATIONS}, which is one list, has more than ${MOST_LINES} lines`, () => {
  const sources = sourcesUnder('');
  for (const folder of ['lib', 'native', 'test', 'scripts', 'examples', 'bin'])
    expect(sources.some((path) => path.startsWith(`${folder}/`))).toBe(true);
  const long = sources.filter((path) => path !== DECLARATIONS && linesOf(path) > MOST_LINES);
  expect(
    long.map((path) => `${path}: ${linesOf(path)} lines`),
    'split these by what they are of',
  ).toEqual([]);
});
