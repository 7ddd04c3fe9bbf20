import { z } from 'zod';
import { type CommonOptions, commonOptions } from './common.js';
import { describe, type OptionDescription, type OptionSchemas } from './option.js';

/** What each strategy adds to the common options. */
interface StrategyOptions {
  readonly baseline: Record<never, never>;
}

const strategyOptions: { readonly [Name in StrategyName]: OptionSchemas<StrategyOptions[Name]> } = {
  baseline: {},
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

/** The schema of a configuration for this strategy. It refuses the options of other strategies. */
export function schemaFor(strategy: StrategyName): z.ZodType<ExperimentConfig> {
  return z.strictObject({
    strategy: z.literal(strategy),
    ...commonOptions,
    ...strategyOptions[strategy],
  });
}

const everyOption = Object.assign(
  {},
  commonOptions,
  ...Object.values(strategyOptions),
) as typeof commonOptions;

/** Takes the options of all strategies: to check the rest of a configuration whose strategy is unknown. */
export const anyStrategySchema: z.ZodType = z.strictObject({
  strategy: z.literal(strategyNames),
  ...everyOption,
});

/** Every option of every strategy, for help and error texts. */
export function describeOptions(): OptionDescription[] {
  return describe(everyOption);
}
