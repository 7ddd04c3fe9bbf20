import { integer } from '../options/kinds.js';
import { type OptionSchemas, required, withDefault } from '../options/option.js';
import { invalid, parseWith, readInput, type Vocabulary } from '../options/parse.js';
import type { ConfiguredWith, LeftOut, OptionsOf, OthersLeftOut, StrategyName } from '../options/schema.js';
import { type TrainingOptions, trainingOptions } from '../options/training.js';
import { type CustomStrategy, isCustom, makeCustom, readDefinition } from '../strategies/custom.js';
import { createStrategy } from '../strategies/index.js';
import type { Strategy } from '../training/strategy.js';

/** Most classes that a learner can tell apart. */
export const MOST_CLASSES = 65_536;
const MOST_INPUTS = 1_048_576;
/** What 32-bit indices can address. */
const MOST_WEIGHTS = 2 ** 31 - 1;

const DEFAULT_MOST_CLASSES = 10_000;

interface ShapeOptions {
  /** Numbers in an example. */
  readonly inputs: number;
  /** Classes to tell apart at first; a task that has more makes the network's last layer grow. */
  readonly classes: number;
}

interface GrowthOptions {
  /**
   * Classes to which the last layer may grow: an example of a higher label is refused, because its output would stay for
   * good. Default 10,000, or `classes` where these are more; 65,536 at most.
   */
  readonly maxClasses: number;
}

export interface LearnerOptions extends TrainingOptions, ShapeOptions, GrowthOptions {}

/** A learner's configuration with every default filled in. */
export type LearnerConfig = ConfiguredWith<LearnerOptions>;

/** joint would need the examples of all earlier tasks. */
type LearnerStrategyName = Exclude<StrategyName, 'joint'>;

type LearnerInputOptions<Name extends StrategyName> = ShapeOptions &
  LeftOut<GrowthOptions & OptionsOf<Name>> &
  OthersLeftOut<Name>;

/** What a caller gives: a strategy, the shape, and what shall differ from the defaults. */
export type LearnerInput<Name extends LearnerStrategyName = LearnerStrategyName> = {
  [Each in Name]: { readonly strategy: Each } & LearnerInputOptions<Each>;
}[Name];

/** The same with a custom strategy. */
export type CustomLearnerInput<Name extends StrategyName = StrategyName> = {
  readonly strategy: CustomStrategy<Name>;
} & LearnerInputOptions<Name>;

const learner: Vocabulary<LearnerOptions> = {
  common: {
    inputs: required(integer(1, MOST_INPUTS), 'numbers in an example'),
    classes: required(integer(1, MOST_CLASSES), 'classes to tell apart at first'),
    maxClasses: withDefault(
      integer(1, MOST_CLASSES),
      DEFAULT_MOST_CLASSES,
      'classes to which the last layer may grow',
    ),
    ...trainingOptions,
  } satisfies OptionSchemas<LearnerOptions>,
  flags: false,
};

/** A checked configuration and the strategy that it names. */
export interface LearnerPlan {
  /** Of a custom strategy: with its name for `strategy`. */
  readonly config: LearnerConfig;
  readonly strategy: Strategy;
}

/**
 * Reads and checks a configuration, now: what becomes of the caller's object afterwards changes nothing.
 * @throws {ClTorchError} CONFIG_INVALID, with every problem of the configuration.
 */
export function planLearner(input: LearnerInput | CustomLearnerInput): LearnerPlan {
  const given = readInput(learner, input);
  if (!isCustom(given)) {
    const config = parse(given);
    return { config, strategy: withoutEarlierData(createStrategy(config)) };
  }
  const own = readDefinition(given.strategy);
  const config = parse({ ...given, strategy: own.optionsOf });
  return {
    // The one place where `strategy` is none of the names in the type.
    config: { ...config, strategy: own.name } as unknown as LearnerConfig,
    strategy: withoutEarlierData(makeCustom(own, config)),
  };
}

/** A learner frees a task's examples once it has learnt them. */
function withoutEarlierData(strategy: Strategy): Strategy {
  if (!strategy.joint) return strategy;
  throw invalid([
    'strategy: joint training needs the examples of all earlier tasks, which a learner does not keep; take another one, ' +
      'such as er, or measure joint with runExperiment',
  ]);
}

function parse(input: unknown): LearnerConfig {
  const config = withRoom(parseWith(learner, input), input);
  const widths = [config.inputs, ...config.hidden, config.classes];
  const weights = widths.slice(1).reduce((sum, width, i) => sum + width * (widths[i] ?? 0), 0);
  if (weights <= MOST_WEIGHTS) return config;
  throw invalid([
    `inputs, hidden, classes: these layers need ${weights} weights, and a network may have at most ${MOST_WEIGHTS}; ` +
      'make neighbouring layers narrower',
  ]);
}

/** With room for the classes that are there at first. */
function withRoom(config: LearnerConfig, input: unknown): LearnerConfig {
  const { classes, maxClasses } = config;
  if (classes <= maxClasses) return config;
  const isGiven = (input as Partial<GrowthOptions>).maxClasses !== undefined;
  if (!isGiven) return { ...config, maxClasses: classes };
  throw invalid([`maxClasses: expected at least as many as classes, ${classes}, found ${maxClasses}`]);
}
