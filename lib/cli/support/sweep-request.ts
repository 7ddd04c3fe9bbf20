import { ClTorchError } from '../../base/errors.js';
import { benchmarks } from '../../benchmarks/index.js';
import { benchmarkOption, commonOptions, networkOption } from '../../config/experiment.js';
import { networks } from '../../networks/index.js';
import { parseOptions } from '../../options/check.js';
import type { Definition } from '../../options/definition.js';
import type { OptionTable } from '../../options/option.js';
import type { Space } from '../../search/space.js';
import { strategies } from '../../strategies/index.js';
import { readDomain } from '../../sweep/plan/domain.js';
import { partsOfKey } from '../../sweep/plan/methods.js';
import { sweepOptions } from '../../sweep/plan/options.js';
import type { SweepRequest } from '../../sweep/plan/spec.js';
import { readConfigFile } from './config-file.js';
import { readSeeds } from './seeds.js';

/** Where a sweep goes when nothing is said. */
export const STANDARD_FOLDER = 'sweep';

/** What a command line or a file asks for, and the folder. */
export interface AskedSweep {
  readonly request: SweepRequest;
  readonly out: string;
}

/**
 * Reads the file of a sweep, if there is one, and the flags, which go before it.
 * @throws {ClTorchError} CONFIG_INVALID when it cannot be read; the check of the sweep itself comes later.
 */
export async function readSweepRequest(
  file: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): Promise<AskedSweep> {
  const { sweep = {}, ...found } = (file === undefined ? {} : await readConfigFile(file)) as Record<
    string,
    unknown
  >;
  if (typeof sweep !== 'object' || sweep === null || Array.isArray(sweep)) {
    throw refused(`the part "sweep" of '${file}' must have an option's name and its values in each line`);
  }
  const { set, ...given } = flags;
  const all: Record<string, unknown> = { ...found, ...given };
  const asked: Record<string, unknown> = { ...sweep, ...valuesOf(set as readonly string[]) };
  const { seed: swept, ...others } = asked;
  const how = pick(all, Object.keys(sweepOptions));
  const { out = STANDARD_FOLDER, seeds, ...options } = without(all, Object.keys(sweepOptions));
  if (typeof out !== 'string') throw refused(`out must be the name of a folder`);
  if (swept !== undefined && seeds !== undefined)
    throw refused('it has seeds, and sweeps over seed, too; say it once');
  const axes: Space = Object.fromEntries(
    Object.entries(others).map(([key, values]) => [key, readDomain(key, values, optionNamed(key))]),
  );
  const twice = Object.keys(axes).find((key) => given[key] !== undefined);
  if (twice !== undefined)
    throw refused(`${twice} is swept over, and given a single value, too; say it once`);
  return {
    request: {
      options: without(options, Object.keys(axes)),
      axes,
      seeds: seedsOf(all.seed, seeds, swept),
      how,
    },
    out,
  };
}

/** `learningRate=1e-3,1e-4`; the flag's spelling is understood as well. */
function valuesOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, values] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || values === undefined) {
        throw refused(
          `--set takes an option's name and its values, such as learningRate=1e-4,1e-3, found '${text}'`,
        );
      }
      return [camelCased(name.replace(/^--/, '')), values];
    }),
  );
}

function camelCased(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
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

function pick(all: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key)));
}

function without(all: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => !keys.includes(key)));
}

function refused(problem: string): ClTorchError {
  return new ClTorchError('CONFIG_INVALID', `This sweep cannot be made: ${problem}.`);
}
