import { join } from 'node:path';
import { optional, type Readers, settle } from '../base/arguments.js';
import { ClTorchError } from '../base/errors.js';
import { shown } from '../base/values.js';
import type { TasksOption } from '../benchmarks/define.js';
import type { CustomExperimentInput, ExperimentInput } from '../config/types.js';
import { type MeanAndDeviation, meanAndDeviation } from '../metrics/statistics.js';
import { makeOutputFolder, requireNoRun, writeJson } from '../runs/folder.js';
import { changed, type NewRun, newRun } from '../runs/run-plan.js';
import type { RunResult } from '../runs/types.js';
import { executeRuns } from './execute.js';
import { type AtOnce, readAtOnce } from './share.js';
import { type NewRunOptions, newRunOptions, startRead } from './start.js';

/** The same experiment with several seeds. Plain data: it is what `seeds.json` holds. */
export interface SeedsResult {
  /** Version of this shape. */
  readonly schemaVersion: 1;
  readonly strategy: string;
  readonly seeds: readonly number[];
  /** Of these, the ones whose runs diverged: no mean here counts them. Where all did, a mean is NaN, and null in JSON. */
  readonly diverged: readonly number[];
  /** Percent: mean over the tasks after the last one. */
  readonly final: MeanAndDeviation;
  /** Percent: mean over the tasks after each one, averaged. */
  readonly average: MeanAndDeviation;
  /** Percent on each task after the last one. */
  readonly finalTasks: readonly MeanAndDeviation[];
  /** Wall-clock seconds of a run. */
  readonly seconds: MeanAndDeviation;
  /** A result for each seed, in their order. */
  readonly runs: readonly RunResult[];
}

export interface SeedsOptions extends NewRunOptions {
  /**
   * How many train at the same time, from 1 to 256. Default `auto`: on the CPU, unless `threads` is given, what should be
   * done first, every run then having its share of the cores as `threads`; on a GPU up to 16 with the fused engine, else
   * one. On a GPU the fused engine trains them as one batch.
   */
  readonly atOnce?: AtOnce | undefined;
}

/**
 * Runs an experiment once for each seed. Each run is the one that `runExperiment` makes with that seed, and with the
 * `threads` that it is given here: `result.runs[i].config` has both. Events come run by run, as if the runs followed each
 * other; those of a run that is not the first under way come late, without `progress` and `search`.
 *
 * @param input - As for `runExperiment`; `seed` is replaced. With `out` each run has the folder `out/seed-N`, and
 * `out/seeds.json` has what is finished.
 * @param seeds - At least one, none twice.
 * @throws {ClTorchError} As `runExperiment` does; CONFIG_INVALID before any work when the seeds are none or repeated.
 * When a run fails, the others are ended.
 */
export function runSeeds(
  input: ExperimentInput,
  seeds: readonly number[],
  options?: SeedsOptions,
): Promise<SeedsResult>;
export function runSeeds<Options extends object, OfBenchmark extends TasksOption>(
  input: CustomExperimentInput<Options, OfBenchmark>,
  seeds: readonly number[],
  options?: SeedsOptions,
): Promise<SeedsResult>;
export async function runSeeds(
  input: object,
  seeds: readonly number[],
  options?: SeedsOptions,
): Promise<SeedsResult> {
  const read = (): Omit<SeedsOptions, 'overwrite'> & PlannedSeeds => {
    const { overwrite, ...how } = settle('runSeeds', options, seedsOptions);
    return { ...how, ...planSeeds(input as CustomExperimentInput, seeds, overwrite) };
  };
  return await startRead(read, async ({ runs, out, atOnce = 'auto' }, control) => {
    if (out !== undefined) requireNoRun(out);
    const results = await executeRuns(runs, {
      ...control,
      atOnce,
      onBegin() {
        if (out !== undefined) makeOutputFolder(out);
      },
      async onResult(finished) {
        if (out !== undefined) await writeJson(out, 'seeds.json', summarize(finished));
      },
    });
    return summarize(results);
  });
}

const seedsOptions: Readers<SeedsOptions> = { ...newRunOptions, atOnce: optional(readAtOnce) };

interface PlannedSeeds {
  /** Where the runs have their folders. */
  readonly out: string | undefined;
  readonly runs: readonly NewRun[];
}

/** A run for each seed. */
function planSeeds(
  input: ExperimentInput | CustomExperimentInput,
  given: readonly number[],
  overwrite: boolean | undefined,
): PlannedSeeds {
  const seeds = Array.isArray(given) ? [...given] : [];
  if (seeds.length === 0 || new Set(seeds).size < seeds.length) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `Expected a list of one seed or more, none of them twice, found ${shown(given)}.`,
    );
  }
  const run = newRun(input, overwrite);
  const { out } = run.config;
  const runs = seeds.map((seed) =>
    changed(run, { seed, ...(out === undefined ? {} : { out: join(out, `seed-${seed}`) }) }),
  );
  return { out, runs };
}

function summarize(all: readonly RunResult[]): SeedsResult {
  const runs = all.filter(({ diverged }) => !diverged);
  const finals = runs.map((run) => run.accuracy.at(-1) ?? []);
  const tasks = [...(finals[0] ?? []).keys()];
  return {
    schemaVersion: 1,
    strategy: all[0]?.strategy ?? '',
    seeds: all.map((run) => run.config.seed),
    diverged: all.flatMap((run) => (run.diverged ? [run.config.seed] : [])),
    final: meanAndDeviation(runs.map((run) => run.taskMeans.at(-1) ?? Number.NaN)),
    average: meanAndDeviation(runs.map((run) => run.average ?? Number.NaN)),
    finalTasks: tasks.map((task) => meanAndDeviation(finals.map((row) => row[task] ?? Number.NaN))),
    seconds: meanAndDeviation(runs.map((run) => run.seconds.total)),
    runs: all,
  };
}
