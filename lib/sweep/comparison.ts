import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ClTorchError } from '../base/errors.js';
import type { BenchmarkDefinition } from '../benchmarks/define.js';
import type { CustomExperimentInput, ExperimentConfig } from '../config/types.js';
import { hasBegun, requireNoRun } from '../runs/folder.js';
import { planKept } from '../runs/plan.js';
import { readResultIfAny } from '../runs/read-result.js';
import { type NewRun, newRun, type RunPlan } from '../runs/run-plan.js';
import type { RunResult } from '../runs/types.js';
import type { ComposedName, StrategyName } from '../strategies/index.js';
import type { StrategyDefinition } from '../training/definition.js';
import { type Execution, executeRuns } from './execute.js';
import type { Definitions } from './plan/definitions.js';
import { inputsOf, withDefinitions } from './plan/methods.js';
import { readAtOnce } from './share.js';
import { type RunOptions, start } from './start.js';

/** What is compared: a built-in strategy, or a custom one. */
export type ComparedStrategy = StrategyName | ComposedName | StrategyDefinition;

/** A run of a comparison; it has a folder. */
export type PlannedRun = NewRun & { readonly config: { readonly out: string } };

/**
 * The runs of a comparison, method by method and seed by seed: those of a sweep over strategies alone, in folders of their
 * own names. An option that only some of the methods have is given to those.
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
  const custom = strategies.flatMap((each) => (typeof each === 'string' ? [] : [[each.name, each] as const]));
  const { benchmark, ...others } = options as { readonly benchmark?: string | BenchmarkDefinition };
  const stream = typeof benchmark === 'object' ? benchmark.name : benchmark;
  const definitions: Definitions = {
    strategies: new Map(custom),
    benchmarks: new Map(typeof benchmark === 'object' ? [[benchmark.name, benchmark]] : []),
  };
  const inputOf = inputsOf(
    {
      options: stream === undefined ? others : { ...others, benchmark: stream },
      methods: { strategy: { kind: 'choice', values: strategies.map(nameOf) } },
      settings: {},
    },
    definitions,
  );
  return strategies.map(nameOf).flatMap((strategy) =>
    seeds.map((seed) => {
      const input = { ...inputOf({ strategy }, {}, seed), out: join(out, `${strategy}-seed${seed}`) };
      return newRun(withDefinitions(input, definitions)) as PlannedRun;
    }),
  );
}

export function nameOf(strategy: ComparedStrategy): string {
  return typeof strategy === 'string' ? strategy : strategy.name;
}

export interface ComparisonOptions extends RunOptions, Pick<Execution, 'mixed' | 'onReuse' | 'onRunEvent'> {
  /** How many seeds of a method, or with `mixed` runs, train at the same time, as for `runSeeds`. */
  readonly atOnce: 'auto' | number;
}

/**
 * The results of the runs: read where one is complete, resumed where it was stopped, else run, a method after the other
 * and its seeds side by side, unless they are `mixed`. Events come run by run.
 *
 * @param out - The folder of the comparison.
 * @throws {ClTorchError} Before any work: CONFIG_INVALID when a folder holds a run with other settings, OUTPUT_FAILED when
 * `out` itself holds one; what `runExperiment`, `resumeExperiment` and `readResult` throw.
 */
export async function runComparison(
  planned: readonly PlannedRun[],
  out: string,
  { atOnce, mixed, onReuse, onRunEvent, ...options }: ComparisonOptions,
): Promise<RunResult[]> {
  const execution = { atOnce: readAtOnce(atOnce), mixed, onReuse, onRunEvent };
  if (planned.length > 0) requireNoRun(out);
  const runs: RunPlan[] = [];
  for (const run of planned) runs.push(await asItIs(run));
  return await start(options, (control) => executeRuns(runs, { ...control, ...execution }));
}

/** The run as its folder has it: done, stopped, or still to begin. */
async function asItIs(run: PlannedRun): Promise<RunPlan> {
  const { config, strategy, benchmark, machine } = run;
  const result = await readResultIfAny(config.out);
  if (result) requireSameSettings(run, result.config);
  const isDone = result?.status === 'completed' || result?.status === 'diverged';
  if (isDone) return { state: 'done', config, result };
  if (!hasBegun(config.out)) return run;
  return { state: 'stopped', folder: config.out, strategy, benchmark, config, machine };
}

/** Where a run is kept, how often it is written down and with how many threads it trains makes no other method. */
function requireSameSettings({ config, strategy, benchmark }: PlannedRun, found: ExperimentConfig): void {
  const isSame = found.strategy === config.strategy && found.benchmark === config.benchmark;
  const kept = isSame
    ? planKept({ ...found, strategy, benchmark } as unknown as CustomExperimentInput).config
    : found;
  const [wanted, there] = [config, kept].map(
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
