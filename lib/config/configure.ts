import { nearest } from '../base/nearest.js';
import type { BenchmarkDefinition } from '../benchmarks/define.js';
import type { NetworkDefinition } from '../networks/define.js';
import { checkOptions, flagNames, found, invalid, type NameOf, readInput } from '../options/check.js';
import type { Definition } from '../options/definition.js';
import { oneOf } from '../options/kinds.js';
import type { OptionTable } from '../options/option.js';
import type { StrategyDefinition } from '../training/definition.js';
import { type OptimizerOptions, optimizerProblems } from '../training/optimizer-options.js';
import { withoutOutputs } from './experiment.js';
import { explainUnknownKey } from './explain.js';
import { withPreset, withSetting } from './presets.js';
import { withTrainingLength } from './training-length.js';
import type { Choice, Vocabulary } from './vocabulary.js';

/** A checked configuration and the definitions that it names. */
export interface Configured {
  /** What the caller gave, read once. */
  readonly given: Readonly<Record<string, unknown>>;
  /** A custom entry is there with its name. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly strategy: StrategyDefinition;
  readonly benchmark: BenchmarkDefinition | undefined;
  readonly network: NetworkDefinition;
}

/** What a configuration chooses of a registry. */
interface Chosen {
  readonly choice: Choice;
  /** Undefined for a name that there is none of. */
  readonly entry: Definition | undefined;
  /** Of the entry; where it is unknown, of all, so that the rest of the configuration can be checked. */
  readonly options: OptionTable;
}

/**
 * Checks a configuration and fills in the defaults, now: what becomes of the caller's object afterwards changes nothing.
 * @throws {ClTorchError} CONFIG_INVALID, listing every problem: the key, the values it takes, what was found.
 */
export function configure<Common>(vocabulary: Vocabulary<Common>, input: unknown): Configured {
  const { choices, common, flags } = vocabulary;
  const given = readInput(input, keysOf(vocabulary), exampleOf(choices));
  const asked = withSetting(strategyOf(choices, given), given);
  const chosen = choices.map((choice) => choose(choice, asked[choice.key]));
  requireDistinct(chosen, common);
  const own: OptionTable = Object.assign({}, common, ...chosen.map(({ options }) => options));
  const table: OptionTable = { ...optionsOf(choices), ...own };
  const name: NameOf = flags ? flagNames(table) : (key) => key;
  const { values, problems } = checkOptions(own, asked, name);
  const unknown = Object.keys(given).filter(
    (key) => !Object.hasOwn(table, key) && !choices.some((choice) => choice.key === key),
  );
  const all = [
    ...chosen.flatMap((each) => withoutEntry(each, given, name)),
    ...problems,
    ...unknown.map((key) => explainUnknownKey(key, table, vocabulary)),
  ];
  if (all.length > 0) throw invalid(all);
  return { ...settled(chosen, values, asked, name), given };
}

/** The strategy that is asked for, where there are benchmarks that it may have a setting of. */
function strategyOf(
  choices: readonly Choice[],
  given: Readonly<Record<string, unknown>>,
): StrategyDefinition | undefined {
  const strategy = choices.find(({ key }) => key === 'strategy');
  if (!strategy || !choices.some(({ key }) => key === 'benchmark')) return undefined;
  return choose(strategy, given.strategy).entry as StrategyDefinition | undefined;
}

function choose(choice: Choice, given: unknown): Chosen {
  const { entries, find = (name) => entries.find((each) => each.name === name), option, read } = choice;
  if (typeof given === 'object' && given !== null && read) {
    const entry = read(given as never);
    return { choice, entry, options: (entry.options ?? {}) as OptionTable };
  }
  const entry = given === undefined && option ? entries[0] : find(given);
  const options = entry ? [entry.options] : entries.map((each) => each.options);
  return { choice, entry, options: Object.assign({}, ...options) };
}

/** Keys that are read even where they cannot be listed. */
function keysOf<Common>({ choices, common }: Vocabulary<Common>): string[] {
  const tables = choices.flatMap(({ entries }) => entries.map(({ options }) => options ?? {}));
  return [...choices.map(({ key }) => key), ...[common, ...tables].flatMap((table) => Object.keys(table))];
}

function exampleOf(choices: readonly Choice[]): string {
  const required = choices.filter(({ option }) => !option);
  return `{ ${required.map(({ key, entries }) => `"${key}": "${entries[0]?.name}"`).join(', ')} }`;
}

function optionsOf(choices: readonly Choice[]): OptionTable {
  return Object.fromEntries(choices.flatMap(({ key, option }) => (option ? [[key, option]] : [])));
}

function withoutEntry(
  { choice, entry }: Chosen,
  given: Readonly<Record<string, unknown>>,
  name: NameOf,
): string[] {
  if (entry) return [];
  const names = choice.entries.map((each) => each.name);
  const value = given[choice.key];
  const why = choice.explain?.(value);
  if (why !== undefined) return [`${name(choice.key)}: ${found(value)} joins what cannot be joined: ${why}`];
  const meant = typeof value === 'string' ? nearest(value, names) : undefined;
  const advice = meant === undefined ? '' : `; did you mean ${meant}?`;
  return [`${name(choice.key)}: expected ${oneOf(names).expected}, found ${found(value)}${advice}`];
}

/** Options that two parts of a configuration have would be one. */
function requireDistinct(chosen: readonly Chosen[], common: object): void {
  const owners = new Map(
    ['strategy', 'benchmark', 'network', ...Object.keys(common)].map((key) => [key, 'every run']),
  );
  for (const { choice, entry } of [...chosen].reverse()) {
    for (const key of Object.keys(entry?.options ?? {})) {
      const other = owners.get(key);
      if (other === undefined) {
        owners.set(key, `the ${choice.key} ${entry?.name}`);
        continue;
      }
      throw invalid([
        `${choice.key}: ${entry?.name} has an option ${key}, and so has ${other}; name it otherwise`,
      ]);
    }
  }
}

/** The configuration with its preset, when nothing in it contradicts something else. */
function settled(
  chosen: readonly Chosen[],
  values: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
  name: NameOf,
): Configured {
  const entries = Object.fromEntries(chosen.map(({ choice, entry }) => [choice.key, entry]));
  const { strategy, benchmark, network } = entries as unknown as Omit<Configured, 'config' | 'given'>;
  const names = Object.fromEntries(chosen.map(({ choice, entry }) => [choice.key, entry?.name]));
  const { config: timed, problems: twice } = withTrainingLength(values, given, name);
  const { config, problems } = withPreset(
    strategy,
    { ...names, ...timed, ...broughtBy(benchmark, given) },
    given,
    name,
  );
  const all = [
    ...twice,
    ...problems,
    ...optimizerProblems(config as unknown as OptimizerOptions, name),
    ...unfitting(strategy, benchmark, config, name),
    ...(problems.length > 0 ? [] : (strategy.problems?.(config as never, name) ?? [])),
  ];
  if (all.length > 0) throw invalid(all);
  for (const value of Object.values(config)) Object.freeze(value);
  return { given, config: Object.freeze(config), strategy, benchmark, network };
}

/** What the benchmark brings where nothing was given: its first data set and its first scenario. */
function broughtBy(
  benchmark: BenchmarkDefinition | undefined,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (!benchmark) return {};
  const [dataset] = benchmark.datasets ?? [];
  return {
    ...(dataset !== undefined && given.dataset === undefined ? { dataset } : {}),
    ...(given.scenario === undefined ? { scenario: benchmark.scenarios[0] } : {}),
  };
}

/** A strategy, a data set or a scenario that the benchmark is not made for. */
function unfitting(
  strategy: StrategyDefinition,
  benchmark: BenchmarkDefinition | undefined,
  config: Readonly<Record<string, unknown>>,
  name: NameOf,
): string[] {
  if (!benchmark) return [];
  const problems: string[] = [];
  const { scenarios, datasets } = benchmark;
  const { scenario, outputs } = config;
  if (!scenarios.some((each) => each === scenario)) {
    problems.push(
      `${name('scenario')}: the tasks of ${benchmark.name} can be ${scenarios.join('-, ')}-incremental, found ${found(scenario)}`,
    );
  } else if (strategy.scenarios && !strategy.scenarios.some((each) => each === scenario)) {
    problems.push(
      `strategy: ${strategy.name} is made for ${strategy.scenarios.join('- and ')}-incremental tasks, and those of ` +
        `${benchmark.name} are ${String(scenario)}-incremental; ${name('scenario')} chooses among ${scenarios.join(', ')}`,
    );
  }
  if (outputs !== 'seen' && scenario !== 'class') {
    problems.push(
      `${name('outputs')}: it is for class-incremental tasks, and these are ${String(scenario)}-incremental`,
    );
  }
  problems.push(...withoutOutputs(config, name));
  if (datasets && !datasets.some((each) => each === config.dataset)) {
    problems.push(
      `${name('dataset')}: ${benchmark.name} is made of ${datasets.join(' or ')}, found ${found(config.dataset)}`,
    );
  }
  return problems;
}
