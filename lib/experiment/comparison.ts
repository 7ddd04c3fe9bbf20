import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  type ExperimentConfig,
  type ExperimentInput,
  type StrategyName,
  strategiesWith,
} from '../config/schema.js';
import { ClTorchError } from '../errors.js';
import { lookAt } from '../files/index.js';
import { launch } from './launch.js';
import { parseWithPlaces, planExperiment } from './plan.js';
import { readResultIfAny } from './read-result.js';
import { resumeExperiment } from './resume.js';
import { inCompany, type StartInCompany } from './seeds-company.js';
import { type Sharing, sharingOf } from './sharing.js';
import { sideBySide } from './side-by-side.js';
import type { RunOptions } from './start.js';
import type { RunResult } from './types.js';

/** A run of a comparison: its configuration, whose `out` is where it is kept. */
export type PlannedRun = ExperimentConfig & { readonly out: string };

/**
 * The runs of a comparison, method by method and seed by seed. An option that only some of the methods have is given to
 * those.
 *
 * @param out - Each run has the folder `<strategy>-seed<N>` in it.
 * @throws {ClTorchError} CONFIG_INVALID, with every problem of a configuration, before any work.
 */
export function planComparison(
  strategies: readonly StrategyName[],
  seeds: readonly number[],
  options: object,
  out: string,
): PlannedRun[] {
  return strategies.flatMap((strategy) =>
    seeds.map((seed) => {
      const place = join(out, `${strategy}-seed${seed}`);
      const own = Object.entries(options).filter(([key]) => concerns(key, strategy, strategies));
      const config = parseWithPlaces({ ...Object.fromEntries(own), strategy, seed, out: place });
      return { ...config, out: config.out ?? place };
    }),
  );
}

/** What none of the methods has is left to each: the first one's configuration then refuses it. */
function concerns(key: string, strategy: StrategyName, strategies: readonly StrategyName[]): boolean {
  const owners = strategiesWith(key);
  return owners.includes(strategy) || !strategies.some((each) => owners.includes(each));
}

export interface ComparisonOptions extends RunOptions {
  /** How many seeds of a method train at the same time, as for `runSeeds`. */
  readonly atOnce: 'auto' | number;
  /** Told of each run that is complete already, before any other begins. */
  readonly onReuse?: ((run: PlannedRun) => void) | undefined;
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
  { atOnce, onReuse, ...options }: ComparisonOptions,
): Promise<RunResult[]> {
  const results = new Map<PlannedRun, RunResult>();
  for (const run of planned) {
    const found = await readResultIfAny(run.out);
    if (found) requireSameSettings(run, found.config);
    if (found?.status === 'completed') results.set(run, found);
  }
  for (const run of results.keys()) onReuse?.(run);
  for (const strategy of new Set(planned.map((run) => run.strategy))) {
    const seeds = planned.filter((run) => run.strategy === strategy);
    const missing = seeds.filter((run) => !results.has(run));
    const [first] = missing;
    if (first === undefined) continue;
    const sharing = await sharingOf(first, seeds.length, atOnce, options.signal);
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
  const isBegun = ({ out }: PlannedRun): boolean => lookAt(join(out, 'config.json')) === 'file';
  const begun = missing.filter(isBegun);
  const fresh = missing.filter((run) => !isBegun(run));
  const goOn = begun.map((run) => (each: RunOptions) => resumeExperiment(run.out, each));
  const begin = fresh.map((run): StartInCompany => {
    const input = { ...run, threads: sharing.threads } as ExperimentInput;
    return (each, company) => launch(() => ({ ...each, plan: planExperiment(input) }), company);
  });
  const results = [
    ...(await sideBySide(goOn, sharing.atOnce, options)),
    ...(await inCompany(begin, sharing, options)),
  ];
  return [...begun, ...fresh].map((run, i) => [run, results[i] as RunResult]);
}

/** Where a run is kept and how often it is written down changes no result; `auto` means any number of threads. */
function requireSameSettings(planned: PlannedRun, found: object): void {
  const [wanted, kept] = [planned, parseWithPlaces(found)].map(
    ({ out: _out, checkpointEvery: _every, ...settings }): Record<string, unknown> => settings,
  ) as [Record<string, unknown>, Record<string, unknown>];
  if (wanted.threads === 'auto') kept.threads = 'auto';
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(kept)])];
  const different = keys.filter((key) => !isDeepStrictEqual(wanted[key], kept[key]));
  if (different.length === 0) return;
  const details = different.map((key) => `${key} ${String(kept[key])} instead of ${String(wanted[key])}`);
  throw new ClTorchError(
    'CONFIG_INVALID',
    `'${planned.out}' holds a run with other settings: ${details.join(', ')}. ` +
      'Name another folder with --out, or remove this one.',
  );
}
