import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseConfig } from '../config/parse.js';
import {
  type ExperimentConfig,
  type ExperimentInput,
  type StrategyName,
  strategiesWith,
} from '../config/schema.js';
import { ClTorchError } from '../errors.js';
import { resumeExperiment, runExperiment } from './index.js';
import { readResultIfAny } from './read-result.js';
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
      const config = parseConfig({ ...Object.fromEntries(own), strategy, seed, out: place });
      return { ...config, out: place };
    }),
  );
}

/** What none of the methods has is left to each: the first one's configuration then refuses it. */
function concerns(key: string, strategy: StrategyName, strategies: readonly StrategyName[]): boolean {
  const owners = strategiesWith(key);
  return owners.includes(strategy) || !strategies.some((each) => owners.includes(each));
}

/**
 * The result of a run: read where it is complete, gone on with where it was stopped, else run.
 *
 * @throws {ClTorchError} CONFIG_INVALID when the folder holds a run with other settings; what `runExperiment`,
 * `resumeExperiment` and `readResult` throw.
 */
export async function resultOf(
  planned: PlannedRun,
  options: RunOptions & { readonly onReuse?: (() => void) | undefined },
): Promise<RunResult> {
  const found = await readResultIfAny(planned.out);
  if (found) requireSameSettings(planned, found.config);
  if (found?.status === 'completed') {
    options.onReuse?.();
    return found;
  }
  const begun = await access(join(planned.out, 'config.json')).then(
    () => true,
    () => false,
  );
  return begun ? resumeExperiment(planned.out, options) : runExperiment(planned as ExperimentInput, options);
}

/** Where a run is kept and how often it is written down changes no result. */
function requireSameSettings(planned: PlannedRun, found: object): void {
  const [wanted, kept] = [planned, parseConfig(found)].map(
    ({ out: _out, checkpointEvery: _every, ...settings }): Record<string, unknown> => settings,
  ) as [Record<string, unknown>, Record<string, unknown>];
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
