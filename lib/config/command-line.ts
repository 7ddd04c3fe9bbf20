import { isDeepStrictEqual } from 'node:util';
import { benchmarkNamed } from '../benchmarks/index.js';
import { describe, type OptionTable } from '../options/option.js';
import { strategyNamed } from '../strategies/index.js';
import { benchmarkOption, networkOption } from './experiment.js';
import { describeOptions, parseConfig } from './parse.js';
import type { ExperimentConfig } from './types.js';

/** Where results are kept changes none of them. */
const LEFT_OUT = ['seed', 'out', 'checkpointEvery'];

/** A run's settings, and how many threads `auto` stood for, if that is known. */
export interface CommandOf {
  readonly config: ExperimentConfig;
  readonly seeds?: readonly number[];
  readonly threads?: number | undefined;
}

/**
 * The command that makes a run again, or the runs of several seeds: the seed, the threads that the bits depend on, and
 * every option that is not at its default. Null for a strategy or a benchmark that is not one of this package's.
 */
export function commandLine({ config, seeds = [config.seed], threads }: CommandOf): string | null {
  const { strategy } = config;
  const [method, stream] = [strategyNamed(strategy), benchmarkNamed(config.benchmark)];
  if (!method || !stream) return null;
  const values = new Map<string, unknown>(Object.entries(config));
  if (threads !== undefined && values.get('threads') === 'auto') values.set('threads', threads);
  const { benchmark, network, scenario } = config;
  const preset = values.get('preset');
  const usual = new Map<string, unknown>(
    Object.entries(parseConfig({ strategy, benchmark, network, scenario, preset })),
  );
  // These bring other values along, which are usual then.
  usual.set('preset', (method.options as OptionTable | undefined)?.preset?.defaultValue);
  usual.set('scenario', stream.scenarios[0]);
  for (const { key, defaultValue } of describe({ benchmark: benchmarkOption, network: networkOption })) {
    usual.set(key, defaultValue);
  }
  const flags = describeOptions().flatMap(({ key, flag }) => {
    const value = values.get(key);
    if (value === undefined || value === null || LEFT_OUT.includes(key)) return [];
    return isDeepStrictEqual(value, usual.get(key))
      ? []
      : [flag, shellWord(Array.isArray(value) ? value.join(',') : String(value))];
  });
  const seed = seeds.length > 1 ? ['--seeds', seeds.join(',')] : ['--seed', String(seeds[0])];
  return ['npx cl-torch run', strategy, ...seed, ...flags].join(' ');
}

/** A word as a shell takes it, in quotes where it needs them. */
export function shellWord(word: string): string {
  return /^[\w./:,+=@%-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
