import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isStandardOutput } from '../../files/index.js';
import { readResult, readResultIfAny } from '../../runs/read-result.js';
import type { RunResult } from '../../runs/types.js';
import { writeComparisonPage, writeRunPage } from '../support/write-report.js';

/** `cl-torch report`. Returns the exit code. */
export async function report(folders: readonly string[], { out }: { out?: string }): Promise<number> {
  const runs = (await Promise.all(folders.map(runsIn))).flat();
  const [only, ...others] = runs;
  const file = out ?? (others.length > 0 ? 'comparison.html' : join(folders[0] ?? '', 'report.html'));
  if (only && others.length === 0) await writeRunPage(file, only);
  else await writeComparisonPage(file, runs);
  if (!isStandardOutput(file)) process.stdout.write(`${file}\n`);
  return 0;
}

/** The run in a folder; or those of `run --seeds`, in its folders `seed-N`; or of `compare`, in `STRATEGY-seedN`. */
export async function runsIn(folder: string): Promise<RunResult[]> {
  const own = await readResultIfAny(folder);
  if (own) return [own];
  const names = await readdir(folder).catch(() => []);
  const seeds = names.filter((name) => /^(seed-|.+-seed)\d+$/.test(name)).sort();
  if (seeds.length === 0) return [await readResult(folder)]; // says what is wrong
  return Promise.all(seeds.map((name) => readResult(join(folder, name))));
}
