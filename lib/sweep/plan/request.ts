import { shown } from '../../base/values.js';
import { benchmarks } from '../../benchmarks/index.js';
import { benchmarkOption, commonOptions, networkOption } from '../../config/experiment.js';
import { networks } from '../../networks/index.js';
import { parseOptions, readInput } from '../../options/check.js';
import type { Definition } from '../../options/definition.js';
import type { OptionTable } from '../../options/option.js';
import { readSeeds } from '../../random/seeds.js';
import type { Space } from '../../search/space.js';
import { strategies } from '../../strategies/index.js';
import { readDomain } from './domain.js';
import { partsOfKey } from './methods.js';
import { type SweepOptions, sweepOptions } from './options.js';
import { refused } from './refused.js';
import type { SweepRequest } from './spec.js';

/** A sweep as plain data: what a file of one holds, too (docs/sweeps.md). */
export interface SweepInput extends Partial<Omit<SweepOptions, 'finalSeeds' | 'rungs'>> {
  /** Of asha, after how many tasks it is decided. */
  readonly rungs?: number | readonly number[] | undefined;
  /** Seeds that what was chosen is measured with: how many, or which. */
  readonly finalSeeds?: number | readonly number[] | undefined;
  /** What is swept over, by the option's name: a list, a single value, or a text such as `log(1,1000,4)`. */
  readonly sweep?: Readonly<Record<string, unknown>> | undefined;
  /** Seeds of each setting: how many from `seed` on, or which. Default 1. */
  readonly seeds?: number | string | readonly number[] | undefined;
  /** Folder of the sweep. Default `sweep`, in the current directory. */
  readonly out?: string | undefined;
  /** Options of every run, where its strategy, benchmark and network have them. */
  readonly [option: string]: unknown;
}

/** Options that are lists, and may be a single number. */
const LISTS: readonly string[] = ['finalSeeds', 'rungs'];

/** Where a sweep goes when nothing is said. */
const STANDARD_FOLDER = 'sweep';

/** What is asked for, and the folder. */
export interface AskedSweep {
  readonly request: SweepRequest;
  readonly out: string;
}

/**
 * Reads what is asked for; the sweep itself is checked later.
 * @throws {ClTorchError} CONFIG_INVALID when values cannot be swept over, or something is said twice.
 */
export function readSweep(input: SweepInput): AskedSweep {
  const example = '{ "sweep": { "learningRate": [0.001, 0.0001] } }';
  const given = readInput(input, ['sweep', 'seed', 'seeds', 'out', ...Object.keys(sweepOptions)], example);
  const { sweep = {}, seed, seeds, out = STANDARD_FOLDER, ...all } = given;
  if (typeof sweep !== 'object' || sweep === null || Array.isArray(sweep)) {
    throw refused(`"sweep" must have the names of options and their values, found ${shown(sweep)}`);
  }
  if (typeof out !== 'string' || out === '')
    throw refused(`out must be the name of a folder, found ${shown(out)}`);
  const { seed: swept, ...others } = readInput(sweep, [], example);
  const twice =
    swept !== undefined && seeds !== undefined
      ? 'seed'
      : Object.keys(others).find((key) => all[key] !== undefined);
  if (twice !== undefined) throw refused(`${twice} is swept over, and given beside that; say it once`);
  const isHow = ([key]: readonly [string, unknown]): boolean => Object.hasOwn(sweepOptions, key);
  const entries = Object.entries(all);
  for (const key of ['strategy', 'benchmark']) {
    const named = [all[key], ...[others[key]].flat()];
    if (named.every((name) => name === undefined || typeof name === 'string')) continue;
    throw refused(
      `${key} takes names and files: one of your own is named by its file, so that every process finds it`,
    );
  }
  const axes: Space = Object.fromEntries(
    Object.entries(others).map(([key, values]) => [key, readDomain(key, values, optionNamed(key))]),
  );
  return {
    request: {
      options: Object.fromEntries(entries.filter((each) => !isHow(each))),
      how: Object.fromEntries(
        entries.filter(isHow).map(([key, value]) => [key, LISTS.includes(key) ? [value].flat() : value]),
      ),
      axes,
      seeds: seedsOf(seed, seeds, swept),
    },
    out,
  };
}

/** `--seeds 3` is how many; what is swept over is a list of seeds, and may be a list of one. */
function seedsOf(first: unknown, seeds: unknown, swept: unknown): readonly number[] {
  const text = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));
  const isList = swept !== undefined && text(swept).includes(',');
  if (isList) return readSeeds(text(swept), 0);
  const { seed } = parseOptions(
    { seed: commonOptions.seed },
    { seed: swept === undefined ? first : Number(text(swept)) },
  );
  return seeds === undefined ? [seed] : readSeeds(text(seeds), seed);
}

/** How the values of an option are written; where several entries have one of this name, as the first has them. */
function optionNamed(key: string): OptionTable[string] | undefined {
  const [owner, name] = partsOfKey(key);
  const entries: readonly Definition[] = [...strategies, ...benchmarks, ...networks];
  const own =
    entries.find((each) => each.name === owner) ??
    entries.find(({ options }) => Object.hasOwn(options ?? {}, name));
  const table: OptionTable = {
    benchmark: benchmarkOption,
    network: networkOption,
    ...commonOptions,
    ...own?.options,
  };
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
