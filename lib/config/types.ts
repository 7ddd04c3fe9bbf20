import type { BenchmarkDefinition, TasksOption } from '../benchmarks/define.js';
import type { BenchmarkName, BenchmarkOptions } from '../benchmarks/index.js';
import type { NetworkName, NetworkOptions } from '../networks/index.js';
import type { ComposedName, StrategyName, StrategyOptions } from '../strategies/index.js';
import type { StrategyDefinition } from '../training/definition.js';
import type { TrainingOptions } from '../training/options.js';
import type { CommonOptions } from './experiment.js';

/** A strategy's name with its options. */
export type StrategyChoice<Name extends StrategyName = StrategyName> = {
  [Each in Name]: { readonly strategy: Each } & StrategyOptions[Each];
}[Name];

/** Options of any strategy, each with all values that it takes in one of them. */
type AnyStrategyOptions = {
  readonly [Key in KeyOfAny<StrategyOptions[StrategyName]>]?:
    | ValueOfAny<StrategyOptions[StrategyName], Key>
    | undefined;
};

type ValueOfAny<Options, Key> = Options extends unknown
  ? Key extends keyof Options
    ? Options[Key]
    : never
  : never;

/** Strategies joined with `+`. Which options they have together is checked when the program runs. */
export type ComposedChoice = { readonly strategy: ComposedName } & AnyStrategyOptions;

/** Names of the benchmarks that have these options. Many share theirs, and each kind of options alone makes the unions longer. */
type BenchmarkWith<Options> = {
  [Each in BenchmarkName]: [Options, BenchmarkOptions[Each]] extends [BenchmarkOptions[Each], Options]
    ? Each
    : never;
}[BenchmarkName];

type BenchmarkChoiceWith<Options> = Options extends unknown
  ? { readonly benchmark: BenchmarkWith<Options> } & Options
  : never;

/** A benchmark's name with its options. */
export type BenchmarkChoice = BenchmarkChoiceWith<BenchmarkOptions[BenchmarkName]>;

/** A network's name with its options. */
export type NetworkChoice = {
  [Each in NetworkName]: { readonly network: Each } & NetworkOptions[Each];
}[NetworkName];

/** A configuration with every default filled in. */
export type ExperimentConfig = (StrategyChoice | ComposedChoice) &
  BenchmarkChoice &
  NetworkChoice &
  CommonOptions;

/** Of it, what belongs to the training, wherever the data come from: what `create` of a built-in strategy gets. */
export type OptionsOf<Name extends StrategyName> = TrainingOptions & StrategyOptions[Name];

export type LeftOut<Options> = { readonly [Key in keyof Options]?: Options[Key] | undefined };

type KeyOfAny<Options> = Options extends unknown ? keyof Options : never;

/** Of what only other entries of a registry have, nothing. */
type OthersLeftOut<Registry, Own> = {
  readonly [Key in Exclude<KeyOfAny<Registry[keyof Registry]>, keyof Own>]?: undefined;
};

/** A built-in strategy, and what shall differ from its defaults. */
export type StrategyInput<Name extends StrategyName = StrategyName> = {
  [Each in Name]: { readonly strategy: Each } & LeftOut<StrategyOptions[Each]> &
    OthersLeftOut<StrategyOptions, StrategyOptions[Each]>;
}[Name];

/** A custom strategy, and what shall differ from its defaults. */
export type CustomStrategyInput<Options extends object> = {
  readonly strategy: StrategyDefinition<Options>;
} & LeftOut<NoInfer<Options>> &
  OthersLeftOut<StrategyOptions, NoInfer<Options>>;

type BenchmarkInputWith<Options> = Options extends unknown
  ? { readonly benchmark?: BenchmarkWith<Options> | undefined } & LeftOut<Options> &
      OthersLeftOut<BenchmarkOptions, Options>
  : never;

/** The first benchmark may be left out. */
export type BenchmarkInput = BenchmarkInputWith<BenchmarkOptions[BenchmarkName]>;

export type CustomBenchmarkInput<Options extends TasksOption> = {
  readonly benchmark: BenchmarkDefinition<Options>;
} & LeftOut<NoInfer<Options>> &
  OthersLeftOut<BenchmarkOptions, NoInfer<Options>>;

export type NetworkInput = {
  [Each in NetworkName]: { readonly network?: Each | undefined } & LeftOut<NetworkOptions[Each]> &
    OthersLeftOut<NetworkOptions, NetworkOptions[Each]>;
}[NetworkName];

/** What a caller gives: a strategy, and what shall differ from the defaults. */
export type ExperimentInput = (StrategyInput | ComposedChoice) &
  BenchmarkInput &
  NetworkInput &
  LeftOut<CommonOptions>;

/** The same with a strategy or a benchmark of the caller's own, or both. */
export type CustomExperimentInput<
  Options extends object = object,
  OfBenchmark extends TasksOption = TasksOption,
> = (
  | (CustomStrategyInput<Options> & (BenchmarkInput | CustomBenchmarkInput<OfBenchmark>))
  | ((StrategyInput | ComposedChoice) & CustomBenchmarkInput<OfBenchmark>)
) &
  NetworkInput &
  LeftOut<CommonOptions>;
