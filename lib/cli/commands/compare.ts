import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ClTorchError } from '../../base/errors.js';
import { widthOf } from '../../base/terminal-size.js';
import { commonOptions } from '../../config/experiment.js';
import { parseOptions } from '../../options/check.js';
import { readSeeds } from '../../random/seeds.js';
import { comparisonCsv } from '../../report/csv.js';
import { comparisonMarkdown, comparisonText, groupByMethod } from '../../report/text/comparison.js';
import type { RunResult } from '../../runs/types.js';
import { strategies as builtIn, collisionOf, strategyNamed, strategyNames } from '../../strategies/index.js';
import { type ComparedStrategy, nameOf, type PlannedRun, planComparison } from '../../sweep/comparison.js';
import { exitCodeOf } from '../support/exit-code.js';
import { readStrategy, withBenchmark } from '../support/strategy.js';
import { runTold } from '../support/told-runs.js';
import { writeComparisonPage, writeText } from '../support/write-report.js';
import { runsIn } from './report.js';

export interface CompareFlags extends Record<string, unknown> {
  /** Files of custom strategies. */
  readonly strategy: readonly string[];
  readonly seeds: string;
  readonly atOnce?: string;
  readonly out: string;
  readonly quiet?: true;
  /** False: the upper bound is not run unless it is named. */
  readonly joint: boolean;
}

/** `cl-torch compare`. Returns the exit code. */
export async function compare(methods: readonly string[], flags: CompareFlags): Promise<number> {
  const { strategy: files, seeds, atOnce, out, quiet, joint, ...options } = flags;
  const known = methods.filter(isStrategy);
  const all = await Promise.all([...known, ...files].map(readStrategy));
  requireDistinct(methods.filter((method) => !isStrategy(method)));
  const strategies = withUpperBound(all, joint);
  requireDistinct(strategies.map(nameOf));
  const { seed } = parseOptions({ seed: commonOptions.seed }, options);
  const finished = await finishedRuns(methods.filter((method) => !isStrategy(method)));
  const planned = withoutNamed(
    planComparison(strategies, readSeeds(seeds, seed), await withBenchmark(options), out),
    finished,
  );
  return await runTold(planned, out, { atOnce, quiet: quiet === true }, async (runs) => {
    await write(out, [...finished, ...runs]);
    return exitCodeOf(runs);
  });
}

/** A run that is named by its folder, too, counts once. */
function withoutNamed(planned: readonly PlannedRun[], finished: readonly RunResult[]): PlannedRun[] {
  const named = finished.flatMap(({ config: { out } }) => (out === undefined ? [] : [resolve(out)]));
  return planned.filter(({ config }) => !named.includes(resolve(config.out)));
}

function requireDistinct(methods: readonly string[]): void {
  const places = methods.map((method) => (isStrategy(method) ? method : resolve(method)));
  const twice = methods.find((_, i) => places.indexOf(places[i] ?? '') < i);
  if (twice === undefined) return;
  throw new ClTorchError('CONFIG_INVALID', `'${twice}' is named twice: its runs would count twice.`);
}

/** Methods that are run are shown beside what training on all tasks at once reaches. */
function withUpperBound(strategies: readonly ComparedStrategy[], joint: boolean): ComparedStrategy[] {
  if (!joint || strategies.length === 0) return [...strategies];
  const bounds: readonly ComparedStrategy[] = builtIn.flatMap(({ name, role }) =>
    role === 'upper bound' ? name : [],
  );
  return strategies.some((each) => bounds.includes(each))
    ? [...strategies]
    : [...strategies, ...bounds.slice(0, 1)];
}

function isStrategy(method: string): boolean {
  return strategyNamed(method) !== undefined;
}

async function finishedRuns(folders: readonly string[]): Promise<RunResult[]> {
  for (const folder of folders) {
    await access(folder).catch((error: unknown) => {
      const why = collisionOf(folder);
      throw new ClTorchError(
        'CONFIG_INVALID',
        why === undefined
          ? `'${folder}' is neither a strategy (${strategyNames.join(', ')}) nor the folder of a run.`
          : `'${folder}' joins what cannot be joined: ${why}.`,
        { cause: error },
      );
    });
  }
  const runs = (await Promise.all(folders.map(runsIn))).flat();
  for (const run of runs) requireFinished(run);
  return runs;
}

function requireFinished({ status, accuracy, config: { strategy, seed, tasks, out } }: RunResult): void {
  if (status === 'completed' || status === 'diverged') return;
  throw new ClTorchError(
    'CONFIG_INVALID',
    `The run of ${strategy}, seed ${seed}${out === undefined ? '' : `, in '${out}'`} has learnt ${accuracy.length} of ` +
      `${tasks} tasks and cannot stand beside finished ones. Go on with it (cl-torch resume), or leave it out.`,
  );
}

/** The table on standard output; the page and the table's files in the folder. */
async function write(out: string, runs: readonly RunResult[]): Promise<void> {
  const methods = groupByMethod(runs);
  await writeComparisonPage(join(out, 'comparison.html'), runs);
  await writeText(join(out, 'comparison.md'), comparisonMarkdown(methods));
  await writeText(join(out, 'comparison.csv'), comparisonCsv(methods));
  const columns = process.stdout.isTTY ? widthOf(process.stdout) : undefined;
  process.stdout.write(`${comparisonText(methods, columns)}\n`);
  process.stderr.write(`Files: ${join(out, 'comparison.html')}, comparison.md, comparison.csv\n`);
}
