import { z } from 'zod';
import { type CommonOptions, commonOptions } from './common.js';
import { type LfdOptions, lfdOptions } from './lfd.js';
import { type MemoryOptions, memoryOptions } from './memory.js';
import { describe, type OptionDescription, type OptionSchemas } from './option.js';
import type { TrainingOptions } from './training.js';

/** What each strategy adds to the common options. */
interface StrategyOptions {
  readonly baseline: Record<never, never>;
  readonly lfd: LfdOptions & MemoryOptions;
  readonly 'er+lfd': LfdOptions & MemoryOptions;
  readonly er: MemoryOptions;
  readonly joint: Record<never, never>;
}

const strategyOptions: { readonly [Name in StrategyName]: OptionSchemas<StrategyOptions[Name]> } = {
  baseline: {},
  lfd: { ...lfdOptions, ...memoryOptions({ rehearsal: 0 }) },
  'er+lfd': { ...lfdOptions, ...memoryOptions({ rehearsal: 64 }) },
  er: memoryOptions({ rehearsal: 64 }),
  joint: {},
};

export type StrategyName = keyof StrategyOptions;

/** Options that all strategies have, with what each of these strategies adds. */
export type ConfiguredWith<Options, Name extends StrategyName = StrategyName> = {
  [Each in Name]: { readonly strategy: Each } & Options & StrategyOptions[Each];
}[Name];

export type LeftOut<Options> = { readonly [Key in keyof Options]?: Options[Key] | undefined };

/** Of what only other strategies have, nothing. */
export type OthersLeftOut<Name extends StrategyName> = {
  readonly [Key in Exclude<KeyOfAny<StrategyOptions[StrategyName]>, keyof StrategyOptions[Name]>]?: undefined;
};

type KeyOfAny<Options> = Options extends unknown ? keyof Options : never;

/** The options of a strategy with every default filled in, wherever the data come from. */
export type OptionsOf<Name extends StrategyName> = TrainingOptions & StrategyOptions[Name];

/** A configuration with every default filled in. */
export type ExperimentConfig = ConfiguredWith<CommonOptions>;

/** Of it, what a network is made and trained by; wherever the data come from. */
export type TrainingConfig = ConfiguredWith<TrainingOptions>;

/** What a caller gives: a strategy, and what shall differ from the defaults. */
export type ExperimentInput = {
  [Name in StrategyName]: { readonly strategy: Name } & InputOptionsOf<Name>;
}[StrategyName];

/** The options of an experiment with a strategy, all of which may be left out. */
export type InputOptionsOf<Name extends StrategyName> = LeftOut<CommonOptions & StrategyOptions[Name]> &
  OthersLeftOut<Name>;

export const strategyNames: readonly StrategyName[] = Object.keys(strategyOptions) as StrategyName[];

/** The strategies that have an option of this name beside the common ones. */
export function strategiesWith(key: string): StrategyName[] {
  return strategyNames.filter((name) => Object.hasOwn(strategyOptions[name], key));
}

/** Made once: compiling a schema takes far longer than checking a configuration by it. */
const schemas = new WeakMap<object, Map<StrategyName | 'any', z.ZodType>>();

function schemaOnce(common: object, name: StrategyName | 'any', make: () => z.ZodType): z.ZodType {
  const known = schemas.get(common) ?? new Map<StrategyName | 'any', z.ZodType>();
  schemas.set(common, known);
  const schema = known.get(name) ?? make();
  known.set(name, schema);
  return schema;
}

/** The schema of a configuration for this strategy. It refuses the options of other strategies. */
export function schemaFor<Options>(
  strategy: StrategyName,
  common: OptionSchemas<Options>,
): z.ZodType<ConfiguredWith<Options>> {
  const schema = schemaOnce(common, strategy, () =>
    z.strictObject({ strategy: z.literal(strategy), ...common, ...strategyOptions[strategy] }),
  );
  return schema as z.ZodType<ConfiguredWith<Options>>; // the union's members, one at a time
}

function everyOption<Options>(common: OptionSchemas<Options>): OptionSchemas<Options> {
  return Object.assign({}, common, ...Object.values(strategyOptions));
}

/** Configurations of the strategies that have the options of LFD. */
export type LfdConfig = ConfiguredWith<TrainingOptions, 'lfd' | 'er+lfd'>;

/** Configurations of the strategies that keep a memory. */
export type MemoryConfig = ConfiguredWith<TrainingOptions, 'lfd' | 'er+lfd' | 'er'>;

/** Takes the options of all strategies: to check the rest of a configuration whose strategy is unknown. */
export function anyStrategySchema<Options>(common: OptionSchemas<Options>): z.ZodType {
  return schemaOnce(common, 'any', () =>
    z.strictObject({ strategy: z.literal(strategyNames), ...everyOption(common) }),
  );
}

/** The options that a strategy adds to the common ones, with its own defaults. */
export function describeOptionsOf(strategy: StrategyName): OptionDescription[] {
  return describe(strategyOptions[strategy]);
}

/** Every option of every strategy, for help and error texts. `common`: those that all have. */
export function describeOptions<Options = CommonOptions>(
  common: OptionSchemas<Options> = commonOptions as unknown as OptionSchemas<Options>,
): OptionDescription[] {
  return describe(everyOption(common));
}
