import type { ObjectivePart } from '../../binding.js';
import type { OptionSchemas } from '../options/option.js';
import type { PreferredEngine } from './environment.js';
import type { TrainingOptions } from './options.js';
import type { Labels, Strategy } from './strategy.js';

/** How tasks differ from each other, and what a model is told of them (van de Ven et al., 2022). */
export type Scenario = 'task' | 'domain' | 'class';

/** What a strategy is for: a method, or a bound that methods are compared with. */
export type StrategyRole = 'method' | 'lower bound' | 'upper bound';

/** Values of options of every run, of a benchmark or of a network, by their keys. */
export type Setting = Readonly<Record<string, unknown>>;

/** A named set of options. A preset fixes all of the strategy's own options: those it does not name are at their defaults. */
export interface Preset<Options> {
  readonly options: Partial<Options>;
  /**
   * What else the published setting has, such as its benchmark, network and optimiser: it is taken where the caller gives no other
   * value, and on its own benchmark only.
   */
  readonly setting?: Setting | undefined;
  /** What the option `engine` means by `auto`, where the preset depends on it, and why. */
  readonly engine?: PreferredEngine | undefined;
}

/** What is known when a strategy is made. */
export interface CreationContext {
  /** The tasks that are known beforehand, in order; none where they come one by one (`ContinualLearner`). */
  readonly tasks: readonly {
    /** Class of every training example. */
    readonly labels: Labels;
  }[];
}

/** What a strategy is configured by: its own options beside those of every training. */
export type StrategyConfig<Options> = Options & TrainingOptions;

/** A method's type is taken for that of one with fewer options, as those of the definition's other methods are. */
interface NeedsByOptions<Options extends object> {
  of(config: StrategyConfig<Options>): readonly ObjectivePart[];
}

/** Parts of an objective, or what they are with these options. */
export type Needs<Options extends object> = readonly ObjectivePart[] | NeedsByOptions<Options>['of'];

/** What a strategy's objectives have with these options. */
export function needsOf<Options extends object>(
  { needs = [] }: { readonly needs?: Needs<Options> | undefined },
  config: StrategyConfig<Options>,
): readonly ObjectivePart[] {
  return typeof needs === 'function' ? needs(config) : needs;
}

/**
 * A strategy: built in, or one of a caller's own, to be given to `runExperiment` and `ContinualLearner` in place of a name
 * (docs/strategies.md). {@link defineStrategy} helps the compiler to find the types.
 */
export interface StrategyDefinition<
  Options extends object = object,
  Name extends string = string,
  Role extends StrategyRole = StrategyRole,
> {
  /** What configurations, results and events call it: 1 to 60 letters, digits and `. _ + -`. */
  readonly name: Name;
  /** A few words, for help and documents. */
  readonly title?: string | undefined;
  /** A sentence or two: what it does, and what it is good for. */
  readonly summary?: string | undefined;
  /** Where it was published. */
  readonly source?: string | undefined;
  /** The scenarios it is made for; every one when left out. */
  readonly scenarios?: readonly Scenario[] | undefined;
  /**
   * What its objectives have beside the batches' cross-entropy and one penalty on leaving a direction, so that the engine
   * `auto` is one that has it, too; a function where that depends on the options. Nothing when left out.
   */
  readonly needs?: Needs<Options> | undefined;
  /** Why it cannot be joined with others by `+`, where it cannot: the end of a sentence. */
  readonly alone?: string | undefined;
  /** Of one that stands `alone`: those that it can be joined with nonetheless need these parts of an objective, and no other. */
  readonly joinsWith?: readonly ObjectivePart[] | undefined;
  /** Default method. An upper bound sees what no method may, such as all tasks' data, and a learner has none of that. */
  readonly role?: Role | undefined;
  /** Options beside those of every training; none when left out. Other strategies' options may be spread into it. */
  readonly options?: OptionSchemas<Options> | undefined;
  /** Named sets of options, by the value of an option `preset` that the strategy has. */
  readonly presets?: Readonly<Record<string, Preset<Options>>> | undefined;
  /**
   * What is wrong with values that are each right by themselves, a sentence each.
   * @param name - An option as its users know it, such as `memorySize (--memory-size)`.
   */
  problems?(config: StrategyConfig<Options>, name: (key: string) => string): readonly string[];
  /**
   * The hooks of one run, made anew for each, so that a closure may hold its state. Not asynchronous; the hooks may be.
   * @param config - Every default filled in.
   */
  create(config: StrategyConfig<Options>, context: CreationContext): Strategy;
}

/** The definition as it is; the compiler finds the type of `create`'s `config` by `options`. */
export function defineStrategy<Options extends object = Record<never, never>>(
  definition: StrategyDefinition<Options>,
): StrategyDefinition<Options> {
  return definition;
}
