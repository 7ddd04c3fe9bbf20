import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExperimentInput, StrategyName } from '../config/schema.js';
import { ClTorchError } from '../errors.js';
import { type MeanAndDeviation, meanAndDeviation } from '../metrics/statistics.js';
import { type NewRunOptions, runExperiment } from './index.js';
import { folderTrouble, writeJson } from './output.js';
import { type OwnExperimentInput, planExperiment } from './plan.js';
import type { RunResult } from './types.js';

/** The same experiment with several seeds. Plain data: it is what `seeds.json` holds. */
export interface SeedsResult {
  /** Version of this shape. */
  readonly schemaVersion: 1;
  readonly strategy: string;
  readonly seeds: readonly number[];
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

/** Seeds `first`, `first + 1`, …: what `--seeds 8` stands for. */
export function consecutiveSeeds(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/**
 * Runs an experiment once for each seed, one after the other: the network's matrix products fill the CPU by themselves,
 * so that replicas side by side would gain nothing. Each run is the one that `runExperiment` makes with that seed.
 *
 * @param input - As for `runExperiment`; `seed` is replaced. With `out` each run has the folder `out/seed-N`, and
 * `out/seeds.json` has what is finished.
 * @param seeds - At least one, none twice.
 * @throws {ClTorchError} As `runExperiment` does; CONFIG_INVALID before any work when the seeds are none or repeated.
 */
export async function runSeeds<Name extends StrategyName>(
  input: ExperimentInput | OwnExperimentInput<Name>,
  seeds: readonly number[],
  options: NewRunOptions = {},
): Promise<SeedsResult> {
  const inputs = inputsOf(input, seeds);
  const { out } = input;
  if (out !== undefined) await mkdir(out, { recursive: true }).catch(folderTrouble(out));
  const runs: RunResult[] = [];
  for (const each of inputs) {
    runs.push(await runExperiment(each, options));
    if (out !== undefined)
      await writeJson(join(out, 'seeds.json'), summarize(runs)).catch(folderTrouble(out));
  }
  return summarize(runs);
}

/** What each run is given, checked before the first one runs. */
function inputsOf<Input extends ExperimentInput | OwnExperimentInput>(
  input: Input,
  seeds: readonly number[],
): Input[] {
  if (seeds.length === 0 || new Set(seeds).size < seeds.length) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `Expected one seed or more, none of them twice, found [${seeds.join(', ')}].`,
    );
  }
  return seeds.map((seed) => {
    const place = input.out === undefined ? {} : { out: join(input.out, `seed-${seed}`) };
    const each = { ...input, seed, ...place };
    planExperiment(each);
    return each;
  });
}

function summarize(runs: readonly RunResult[]): SeedsResult {
  const finals = runs.map((run) => run.accuracy.at(-1) ?? []);
  const tasks = [...(finals[0] ?? []).keys()];
  return {
    schemaVersion: 1,
    strategy: runs[0]?.strategy ?? '',
    seeds: runs.map((run) => run.config.seed),
    final: meanAndDeviation(runs.map((run) => run.taskMeans.at(-1) ?? Number.NaN)),
    average: meanAndDeviation(runs.map((run) => run.average ?? Number.NaN)),
    finalTasks: tasks.map((task) => meanAndDeviation(finals.map((row) => row[task] ?? Number.NaN))),
    seconds: meanAndDeviation(runs.map((run) => run.seconds.total)),
    runs,
  };
}
