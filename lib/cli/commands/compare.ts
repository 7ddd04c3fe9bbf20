import { join, resolve } from 'node:path';
import { parseConfig } from '../../config/parse.js';
import { type ExperimentConfig, type StrategyName, strategyNames } from '../../config/schema.js';
import { ClTorchError } from '../../errors.js';
import { type PlannedRun, planComparison, runComparison } from '../../experiment/comparison.js';
import type { RunEvent, RunResult } from '../../experiment/types.js';
import { exists } from '../../files/index.js';
import { comparisonCsv, comparisonMarkdown, comparisonText, groupByMethod } from '../../report/comparison.js';
import { Interruption } from '../interruption.js';
import { RunOutput } from '../run-output.js';
import { readAtOnce, readSeeds } from '../seeds.js';
import { writeComparisonPage, writeText } from '../write-report.js';
import { runsIn } from './report.js';

export interface CompareFlags extends Record<string, unknown> {
  readonly seeds: string;
  readonly atOnce?: string;
  readonly out: string;
  readonly quiet?: true;
  /** False: the upper bound is not run unless it is named. */
  readonly joint: boolean;
}

/** `cl-torch compare`. Returns the exit code. */
export async function compare(methods: readonly string[], flags: CompareFlags): Promise<number> {
  const { seeds, atOnce, out, quiet, joint, ...options } = flags;
  requireDistinct(methods);
  const strategies = withUpperBound(methods.filter(isStrategy), joint);
  const { seed } = parseConfig({
    strategy: 'baseline',
    ...('seed' in options ? { seed: options.seed } : {}),
  });
  const finished = await finishedRuns(methods.filter((method) => !isStrategy(method)));
  // A run that is named by its folder, too, counts once.
  const planned = planComparison(strategies, readSeeds(seeds, seed), options, out).filter(
    (run) =>
      !finished.some(({ config }) => config.out !== undefined && resolve(config.out) === resolve(run.out)),
  );
  using interruption = new Interruption();
  const progress = new Progress(planned, quiet === true);
  try {
    const runs = await runComparison(planned, {
      atOnce: readAtOnce(atOnce),
      signal: interruption.signal,
      onReuse: (run) => progress.reused(run),
      onEvent: (event) => progress.event(event),
    });
    await write(out, [...finished, ...runs]);
    return 0;
  } catch (error) {
    const { exitCode } = interruption;
    progress.stopped();
    if (exitCode === undefined) throw error;
    return exitCode;
  }
}

function requireDistinct(methods: readonly string[]): void {
  const places = methods.map((method) => (isStrategy(method) ? method : resolve(method)));
  const twice = methods.find((_, i) => places.indexOf(places[i] ?? '') < i);
  if (twice === undefined) return;
  throw new ClTorchError('CONFIG_INVALID', `'${twice}' is named twice: its runs would count twice.`);
}

/** Methods that are run are shown beside what training on all tasks at once reaches. */
function withUpperBound(strategies: readonly StrategyName[], joint: boolean): StrategyName[] {
  const isWanted = joint && strategies.length > 0 && !strategies.includes('joint');
  return [...strategies, ...(isWanted ? (['joint'] as const) : [])];
}

function isStrategy(method: string): method is StrategyName {
  return strategyNames.some((name) => name === method);
}

async function finishedRuns(folders: readonly string[]): Promise<RunResult[]> {
  for (const folder of folders) {
    if (exists(folder)) continue;
    throw new ClTorchError(
      'CONFIG_INVALID',
      `'${folder}' is neither a strategy (${strategyNames.join(', ')}) nor the folder of a run.`,
    );
  }
  const runs = (await Promise.all(folders.map(runsIn))).flat();
  for (const run of runs) requireFinished(run);
  return runs;
}

function requireFinished({ status, accuracy, config: { strategy, seed, tasks, out } }: RunResult): void {
  if (status === 'completed') return;
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
  process.stdout.write(`${comparisonText(methods)}\n`);
  process.stderr.write(`Files: ${join(out, 'comparison.html')}, comparison.md, comparison.csv\n`);
}

/** Tells on standard error what is run, and what is there already. */
class Progress {
  readonly #planned: readonly PlannedRun[];
  readonly #quiet: boolean;
  /** The result's lines belong with the notes: standard output is for the comparison. */
  readonly #output: RunOutput;
  #done = 0;

  constructor(planned: readonly PlannedRun[], quiet: boolean) {
    this.#planned = planned;
    this.#quiet = quiet;
    this.#output = new RunOutput({ json: true, quiet });
  }

  reused(run: PlannedRun): void {
    this.#done += 1;
    this.#note(`${this.#name(run)}: done before`);
  }

  event(event: RunEvent): void {
    if (event.type === 'start') this.#note(this.#name(event.config));
    if (event.type === 'end') this.#done += 1;
    this.#output.event(event);
  }

  stopped(): void {
    this.#note(
      `Stopped after ${this.#done} of ${this.#planned.length} runs; the same command goes on from here.`,
    );
  }

  #name({ strategy, seed }: Pick<ExperimentConfig, 'strategy' | 'seed'>): string {
    const index = this.#planned.findIndex((run) => run.strategy === strategy && run.seed === seed);
    return `[${index + 1}/${this.#planned.length}] ${strategy}, seed ${seed}`;
  }

  #note(text: string): void {
    if (!this.#quiet) process.stderr.write(`${text}\n`);
  }
}
