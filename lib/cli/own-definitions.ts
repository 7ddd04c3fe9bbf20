import type { BenchmarkDefinition } from '../benchmarks/define.js';
import { isFileName, loadBenchmarkFile, loadStrategyFile } from '../config/from-file.js';
import type { StrategyDefinition } from '../training/definition.js';

/** The strategies and benchmarks that a command line names by their files, by what stands there. */
export interface OwnDefinitions {
  readonly strategies: ReadonlyMap<string, StrategyDefinition>;
  readonly benchmarks: ReadonlyMap<string, BenchmarkDefinition>;
}

export const NONE: OwnDefinitions = { strategies: new Map(), benchmarks: new Map() };

/** The commands that take an experiment's options. */
const COMMANDS: readonly string[] = ['run', 'compare'];

/**
 * Loads the files that a command line names, so that their options are flags of it.
 * @throws {ClTorchError} CONFIG_INVALID when one cannot be used.
 */
export async function ownDefinitions(argv: readonly string[]): Promise<OwnDefinitions> {
  const [, , command = '', ...words] = argv;
  if (!COMMANDS.includes(command)) return NONE;
  const [first = '-'] = words;
  const named = command === 'run' && !first.startsWith('-') ? [first] : [];
  return {
    strategies: await loaded([...named, ...valuesOf('--strategy', words)], loadStrategyFile),
    benchmarks: await loaded(valuesOf('--benchmark', words), loadBenchmarkFile),
  };
}

async function loaded<Definition>(
  words: readonly string[],
  load: (file: string) => Promise<Definition>,
): Promise<Map<string, Definition>> {
  const files = [...new Set(words.filter(isFileName))];
  return new Map(await Promise.all(files.map(async (file) => [file, await load(file)] as const)));
}

/** What stands behind a flag, wherever it is given: `--flag value` or `--flag=value`. */
function valuesOf(flag: string, words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const before = end < 0 ? words : words.slice(0, end);
  return before.flatMap((word, i) => {
    if (word === flag) return words[i + 1] ?? [];
    return word.startsWith(`${flag}=`) ? word.slice(flag.length + 1) : [];
  });
}

/** As help and the command line describe options with them. */
export function entriesOf({ strategies, benchmarks }: OwnDefinitions): {
  readonly strategy: readonly StrategyDefinition[];
  readonly benchmark: readonly BenchmarkDefinition[];
} {
  return { strategy: [...strategies.values()], benchmark: [...benchmarks.values()] };
}
