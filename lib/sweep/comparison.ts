import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ClTorchError } from '../base/errors.js';
import { lookAt } from '../files/index.js';
import {
  type ExperimentConfig,
  type ExperimentInput,
  type StrategyName,
  strategiesWith,
} from '../options/schema.js';
import { launch } from '../runs/launch.js';
import { type CustomExperimentInput, parseWithPlaces, planExperiment } from '../runs/plan.js';
import { readResultIfAny } from '../runs/read-result.js';
import { resumeExperiment } from '../runs/resume.js';
import type { RunOptions } from '../runs/start.js';
import type { RunResult } from '../runs/types.js';
import type { CustomStrategy } from '../strategies/custom.js';
import { inCompany, type StartInCompany } from './seeds-company.js';
import { type Sharing, sharingOf } from './sharing.js';
import { sideBySide } from './side-by-side.js';

/** What is compared: a built-in strategy, or a custom one. */
export type ComparedStrategy = StrategyName | CustomStrategy;

/** A run of a comparison: its configuration, whose `out` is where it is kept. */
export interface PlannedRun {
  readonly strategy: ComparedStrategy;
  readonly config: ExperimentConfig & { readonly out: string };
}

/**
 * The runs of a comparison, method by method and seed by seed. An option that only some of the methods have is given to
 * those.
 *
 * @param out - Each run has the folder `<strategy>-seed<N>` in it.
 * @throws {ClTorchError} CONFIG_INVALID, with every problem of a configuration, before any work.
 */
export function planComparison(
  strategies: readonly ComparedStrategy[],
  seeds: readonly number[],
  options: object,
  out: string,
): PlannedRun[] {
  return strategies.flatMap((strategy) =>
    seeds.map((seed) => {
      const place = join(out, `${nameOf(strategy)}-seed${seed}`);
      const own = Object.entries(options).filter(([key]) => concerns(key, strategy, strategies));
      const input = { ...Object.fromEntries(own), strategy, seed, out: place };
      const { config } = planExperiment(input as ExperimentInput | CustomExperimentInput);
      return { strategy, config: { ...config, out: config.out ?? place } };
    }),
  );
}

export function nameOf(strategy: ComparedStrategy): string {
  return typeof strategy === 'string' ? strategy : strategy.name;
}

function optionsOf(strategy: ComparedStrategy): StrategyName {
  return typeof strategy === 'string' ? strategy : strategy.optionsOf;
}

/** What none of the methods has is left to each: the first one's configuration then refuses it. */
function concerns(key: string, strategy: ComparedStrategy, strategies: readonly ComparedStrategy[]): boolean {
  const owners = strategiesWith(key);
  return owners.includes(optionsOf(strategy)) || !strategies.some((each) => owners.includes(optionsOf(each)));
}

export interface ComparisonOptions extends RunOptions {
  /** How many seeds of a method train at the same time, as for `runSeeds`. */
  readonly atOnce: 'auto' | number;
  /** Told of each run that is complete already, before any other begins. */
  readonly onReuse?: ((run: PlannedRun) => void) | undefined;
  /** Told of a method's missing runs and how many of them train at the same time, before they begin. */
  readonly onMethod?: ((runs: readonly PlannedRun[], atOnce: number) => void) | undefined;
}

/**
 * The results of the runs: read where one is complete, gone on with where it was stopped, else run, a method after the
 * other and its seeds side by side. Events come run by run.
 *
 * @throws {ClTorchError} CONFIG_INVALID when a folder holds a run with other settings, before any work; what
 * `runExperiment`, `resumeExperiment` and `readResult` throw.
 */
export async function runComparison(
  planned: readonly PlannedRun[],
  { atOnce, onReuse, onMethod, ...options }: ComparisonOptions,
): Promise<RunResult[]> {
  const results = new Map<PlannedRun, RunResult>();
  for (const run of planned) {
    const found = await readResultIfAny(run.config.out);
    if (found) requireSameSettings(run, found.config);
    if (found && (found.status === 'completed' || found.status === 'diverged')) results.set(run, found);
  }
  for (const run of results.keys()) onReuse?.(run);
  for (const strategy of new Set(planned.map((run) => run.strategy))) {
    const seeds = planned.filter((run) => run.strategy === strategy);
    const missing = seeds.filter((run) => !results.has(run));
    const [first] = missing;
    if (first === undefined) continue;
    const sharing = await sharingOf(first.config, seeds.length, atOnce, options.signal);
    onMethod?.(missing, sharing.atOnce);
    for (const [run, result] of await runMissing(missing, sharing, options)) results.set(run, result);
  }
  return planned.map((run) => results.get(run) as RunResult);
}

/** Those that were begun go on first: where each of them was, which need not be where the others train together. */
async function runMissing(
  missing: readonly PlannedRun[],
  sharing: Sharing,
  options: RunOptions,
): Promise<[PlannedRun, RunResult][]> {
  const isBegun = ({ config }: PlannedRun): boolean => lookAt(join(config.out, 'config.json')) === 'file';
  const begun = missing.filter(isBegun);
  const fresh = missing.filter((run) => !isBegun(run));
  const goOn = begun.map(({ strategy, config }) => (each: RunOptions) => {
    const custom = typeof strategy === 'string' ? {} : { strategy };
    return resumeExperiment(config.out, { ...each, ...custom });
  });
  const begin = fresh.map(({ strategy, config }): StartInCompany => {
    const input = { ...config, strategy, threads: sharing.threads } as
      | ExperimentInput
      | CustomExperimentInput;
    return (each, company) => launch(() => ({ ...each, plan: planExperiment(input) }), company);
  });
  const results = [
    ...(await sideBySide(goOn, sharing.atOnce, options)),
    ...(await inCompany(begin, sharing, options)),
  ];
  return [...begun, ...fresh].map((run, i) => [run, results[i] as RunResult]);
}

/** Where a run is kept, how often it is written down and with how many threads it trains makes no other method. */
function requireSameSettings({ strategy, config }: PlannedRun, found: ExperimentConfig): void {
  const kept =
    found.strategy === config.strategy ? parseWithPlaces({ ...found, strategy: optionsOf(strategy) }) : found;
  const [wanted, there] = [config, { ...kept, strategy: found.strategy }].map(
    ({ out: _out, checkpointEvery: _every, threads: _threads, ...settings }): Record<string, unknown> =>
      settings,
  ) as [Record<string, unknown>, Record<string, unknown>];
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(there)])];
  const different = keys.filter((key) => !isDeepStrictEqual(wanted[key], there[key]));
  if (different.length === 0) return;
  const details = different.map((key) => `${key} ${String(there[key])} instead of ${String(wanted[key])}`);
  throw new ClTorchError(
    'CONFIG_INVALID',
    `'${config.out}' holds a run with other settings: ${details.join(', ')}. ` +
      'Name another folder with --out, or remove this one.',
  );
}
