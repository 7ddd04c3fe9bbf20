import { benchmarks } from '../../benchmarks/index.js';
import { commonOptions } from '../../config/experiment.js';
import { parseExperiment } from '../../config/parse.js';
import type { CustomExperimentInput } from '../../config/types.js';
import { findNetwork, networks } from '../../networks/index.js';
import type { Definition } from '../../options/definition.js';
import { gridOf } from '../../search/grid.js';
import type { Domain, Setting, Space } from '../../search/space.js';
import { strategyNamed } from '../../strategies/index.js';
import { type Definitions, definitionOf } from './definitions.js';
import type { SweepSpec } from './types.js';

/** What settings are searched for, each by itself. */
export interface Method {
  /** Such as `er`, or `er, rotated-mnist` where benchmarks are crossed, too. */
  readonly name: string;
  /** The same as the beginning of a folder's name. */
  readonly folder: string;
  readonly condition: Setting;
  /** The settings that concern it, by the options' own names. */
  readonly space: Space;
  /** How many tasks its stream has. */
  readonly tasks: number;
}

/** What is swept over, and what every run has. */
export type SweepParts = Pick<SweepSpec, 'options' | 'methods' | 'settings'>;

/** Options by which methods differ; everything else is a setting. */
export const METHOD_KEYS: readonly string[] = ['strategy', 'benchmark', 'dataset', 'scenario'];

/**
 * The methods of a sweep, in order.
 * @throws {ClTorchError} CONFIG_INVALID when one has no configuration.
 */
export function methodsOf(spec: SweepSpec, definitions: Definitions): Method[] {
  const inputOf = inputsOf(spec, definitions);
  return gridOf(spec.methods).map((condition) => {
    const names = Object.entries(condition).map(([key, value]) => nameOf(key, value, definitions));
    const differing = names.filter((_, i) => lengthOf(Object.values(spec.methods)[i]) > 1);
    const name = (differing.length > 0 ? differing : names.slice(0, 1)).join(', ');
    const space = spaceOf(spec, condition, definitions);
    const input = inputOf(condition, firstOf(space), 0);
    const { config } = parseExperiment(withDefinitions(input, definitions));
    const folder = name.replaceAll(', ', '_').replaceAll(/[^\w.+-]/g, '-');
    return { name, folder, condition, space, tasks: config.tasks };
  });
}

/** Makes the configuration of a run, without its folder, from its method's condition, its setting and its seed. */
export type InputOf = (condition: Setting, setting: Setting, seed: number) => Setting;

/** An option that a run's strategy, benchmark and network do not have, and those of another run of the sweep do, is left out. */
export function inputsOf(spec: SweepParts, definitions: Definitions): InputOf {
  const others = entriesOfAll(spec, definitions);
  return (condition, setting, seed) => {
    const all = { ...spec.options, ...condition, ...setting, seed };
    const own = entriesOf(all, definitions);
    const concerning = Object.entries(all).filter(([key]) => hasOption(own, key) || !hasOption(others, key));
    return Object.fromEntries(concerning);
  };
}

/** The input with what its strategy and benchmark stand for, where they are files. */
export function withDefinitions(input: Setting, definitions: Definitions): CustomExperimentInput {
  const { strategy, benchmark } = input;
  return {
    ...input,
    strategy: definitionOf(strategy, definitions.strategies),
    ...(benchmark === undefined ? {} : { benchmark: definitionOf(benchmark, definitions.benchmarks) }),
  } as unknown as CustomExperimentInput;
}

/** Of the options that are searched those that concern a method; `ewc.strength` is strength, of ewc alone, and goes first. */
function spaceOf(spec: SweepSpec, condition: Setting, definitions: Definitions): Space {
  const { strategy, benchmark } = { ...spec.options, ...condition };
  const own = entriesOf({ strategy, benchmark }, definitions).slice(0, 2);
  const all = entriesOfAll(spec, definitions);
  const ofNetworks = networksOf(spec);
  const space: Record<string, Domain> = {};
  const names = String(strategy).split('+');
  for (const [key, domain] of Object.entries(spec.settings)) {
    const [owner, option] = partsOfKey(key);
    const isAlone = owner !== undefined && (names.includes(owner) || strategy === owner);
    if (isAlone) space[option] = domain;
    if (owner !== undefined || Object.hasOwn(space, option)) continue;
    if (hasOption([...own, ...ofNetworks], option) || !hasOption(all, option)) space[option] = domain;
  }
  return space;
}

/** `ewc.strength` is the option strength of ewc. */
export function partsOfKey(key: string): readonly [owner: string | undefined, option: string] {
  const dot = key.lastIndexOf('.');
  return dot < 0 ? [undefined, key] : [key.slice(0, dot), key.slice(dot + 1)];
}

function firstOf(space: Space): Setting {
  return Object.fromEntries(
    Object.entries(space).map(([key, domain]) => [
      key,
      domain.kind === 'choice' ? domain.values[0] : domain.low,
    ]),
  );
}

function nameOf(key: string, value: unknown, { strategies, benchmarks: own }: Definitions): string {
  const definition = key === 'strategy' ? strategies.get(String(value)) : own.get(String(value));
  return definition?.name ?? String(value);
}

function lengthOf(domain: Domain | undefined): number {
  return domain?.kind === 'choice' ? domain.values.length : 0;
}

/** The strategy, benchmark and network of a run, where there are such. */
function entriesOf({ strategy, benchmark, network }: Setting, own: Definitions): (Definition | undefined)[] {
  const { name } = benchmarks[0];
  return [
    own.strategies.get(String(strategy)) ?? strategyNamed(strategy),
    own.benchmarks.get(String(benchmark)) ??
      (benchmarks as readonly Definition[]).find((each) => each.name === (benchmark ?? name)),
    findNetwork(network ?? networks[0].name),
  ];
}

function networksOf({ options, settings }: SweepParts): (Definition | undefined)[] {
  const named = settings.network?.kind === 'choice' ? settings.network.values : [options.network];
  return named.map((network) => findNetwork(network ?? networks[0].name));
}

function entriesOfAll(spec: SweepParts, definitions: Definitions): (Definition | undefined)[] {
  const { options, methods } = spec;
  return [
    ...gridOf(methods).flatMap((condition) =>
      entriesOf({ ...options, ...condition }, definitions).slice(0, 2),
    ),
    ...networksOf(spec),
  ];
}

function hasOption(entries: readonly (Definition | undefined)[], key: string): boolean {
  if (Object.hasOwn(commonOptions, key) || METHOD_KEYS.includes(key) || key === 'network') return true;
  return entries.some((entry) => Object.hasOwn(entry?.options ?? {}, key));
}
