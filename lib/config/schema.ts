import { z } from 'zod';
import { type CommonOptions, commonOptions } from './common.js';
import { type LfdOptions, lfdOptions } from './lfd.js';
import { type MemoryOptions, memoryOptions } from './memory.js';
import { describe, type OptionDescription, type OptionSchemas } from './option.js';

/** What each strategy adds to the common options. */
interface StrategyOptions {
  readonly baseline: Record<never, never>;
  readonly lfd: LfdOptions & MemoryOptions;
  readonly 'er+lfd': LfdOptions & MemoryOptions;
  readonly er: MemoryOptions;
}

const strategyOptions: { readonly [Name in StrategyName]: OptionSchemas<StrategyOptions[Name]> } = {
  baseline: {},
  lfd: { ...lfdOptions, ...memoryOptions({ rehearsal: 0 }) },
  'er+lfd': { ...lfdOptions, ...memoryOptions({ rehearsal: 64 }) },
  er: memoryOptions({ rehearsal: 64 }),
};

export type StrategyName = keyof StrategyOptions;

type Configured<Name extends StrategyName> = { readonly strategy: Name } & CommonOptions &
  StrategyOptions[Name];

type LeftOut<Options> = { readonly [Key in keyof Options]?: Options[Key] | undefined };

/** A configuration with every default filled in. */
export type ExperimentConfig = { [Name in StrategyName]: Configured<Name> }[StrategyName];

/** What a caller gives: a strategy, and what shall differ from the defaults. */
export type ExperimentInput = {
  [Name in StrategyName]: { readonly strategy: Name } & LeftOut<CommonOptions & StrategyOptions[Name]>;
}[StrategyName];

export const strategyNames: readonly StrategyName[] = Object.keys(strategyOptions) as StrategyName[];

/** The strategies that have an option of this name beside the common ones. */
export function strategiesWith(key: string): StrategyName[] {
  return strategyNames.filter((name) => Object.hasOwn(strategyOptions[name], key));
}

/** The schema of a configuration for this strategy. It refuses the options of other strategies. */
export function schemaFor(strategy: StrategyName): z.ZodType<ExperimentConfig> {
  const schema = z.strictObject({
    strategy: z.literal(strategy),
    ...commonOptions,
    ...strategyOptions[strategy],
  });
  return schema as unknown as z.ZodType<ExperimentConfig>; // the union's members, one at a time
}

const everyOption = Object.assign(
  {},
  commonOptions,
  ...Object.values(strategyOptions),
) as typeof commonOptions;

/** Configurations of the strategies that have the options of LFD. */
export type LfdConfig = Configured<'lfd'> | Configured<'er+lfd'>;

/** Configurations of the strategies that keep a memory. */
export type MemoryConfig = LfdConfig | Configured<'er'>;

/** Takes the options of all strategies: to check the rest of a configuration whose strategy is unknown. */
export const anyStrategySchema: z.ZodType = z.strictObject({
  strategy: z.literal(strategyNames),
  ...everyOption,
});

/** Every option of every strategy, for help and error texts. */
export function describeOptions(): OptionDescription[] {
  return describe(everyOption);
}
