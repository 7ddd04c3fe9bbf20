import { z } from 'zod';
import type { Augmentation, NetworkSpec } from '../../binding.js';
import { absolute } from '../base/paths.js';
import { configure } from '../config/configure.js';
import { networkChoice, strategyChoice } from '../config/parse.js';
import { machineOf } from '../config/presets.js';
import type {
  ComposedChoice,
  CustomStrategyInput,
  LeftOut,
  NetworkChoice,
  NetworkInput,
  StrategyChoice,
  StrategyInput,
} from '../config/types.js';
import type { Choice, Vocabulary } from '../config/vocabulary.js';
import type { NetworkDefinition } from '../networks/define.js';
import { networkNamed } from '../networks/index.js';
import { MOST_WEIGHTS } from '../networks/limits.js';
import { invalid } from '../options/check.js';
import { integer } from '../options/kinds.js';
import { type Kind, type OptionSchemas, required, withDefault } from '../options/option.js';
import { inputsOf } from '../session/network.js';
import type { LearnerStrategyName } from '../strategies/index.js';
import { createStrategy } from '../strategies/read.js';
import { augmentationOf } from '../training/augmentation.js';
import type { StrategyDefinition } from '../training/definition.js';
import type { MachineDemands } from '../training/environment.js';
import { type TrainingOptions, trainingOptions } from '../training/options.js';
import type { Strategy } from '../training/strategy.js';

/** Most classes that a learner can tell apart. */
export const MOST_CLASSES = 65_536;
const MOST_INPUTS = 1_048_576;

const DEFAULT_MOST_CLASSES = 10_000;

interface ShapeOptions {
  /** Numbers in an example; of images, for a network that takes them, `[channels, height, width]`. */
  readonly inputs: number | readonly number[];
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
export type LearnerConfig = (StrategyChoice | ComposedChoice) & NetworkChoice & LearnerOptions;

type Settings = ShapeOptions & LeftOut<GrowthOptions & TrainingOptions> & NetworkInput;

/** What a caller gives: a strategy, the shape, and what shall differ from the defaults. */
export type LearnerInput<Name extends LearnerStrategyName = LearnerStrategyName> = (
  | StrategyInput<Name>
  | ComposedChoice
) &
  Settings;

/** The same with a custom strategy. */
export type CustomLearnerInput<Options extends object = object> = CustomStrategyInput<Options> & Settings;

const exampleShape: Kind<number | readonly number[]> = {
  schema: z.union([
    z.int().min(1).max(MOST_INPUTS),
    z
      .array(z.int().min(1).max(MOST_INPUTS))
      .length(3)
      .refine((sizes) => inputsOf({ input: sizes }) <= MOST_INPUTS),
  ]),
  expected: `an integer from 1 to ${MOST_INPUTS}, or the three sizes [channels, height, width] with at most as many numbers`,
  form: 'numbers',
  placeholder: 'N',
};

const choices: readonly Choice[] = [strategyChoice, networkChoice];

const learner: Vocabulary<LearnerOptions> = {
  choices,
  common: {
    inputs: required(exampleShape, 'numbers in an example, or [channels, height, width] of an image'),
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

/** A checked configuration and what it names. */
export interface LearnerPlan {
  /** Of a custom strategy: with its name for `strategy`. */
  readonly config: LearnerConfig;
  readonly strategy: Strategy;
  /** What it asks of the machine. */
  readonly machine: MachineDemands;
}

/**
 * Reads and checks a configuration, now: what becomes of the caller's object afterwards changes nothing.
 * @throws {ClTorchError} CONFIG_INVALID, with every problem of the configuration.
 */
export function planLearner(input: LearnerInput | CustomLearnerInput): LearnerPlan {
  const { strategy, network, given, config: parsed } = configure(learner, input);
  const config = withPlace(withRoom(parsed as unknown as LearnerConfig, given));
  requireWeights(network, config);
  shownBy(config); // refuses to augment what is no image
  return {
    config,
    strategy: withoutOwnWeights(
      withoutEarlierData(createStrategy(withoutTaskLabels(strategy), config, { tasks: [] })),
    ),
    machine: machineOf(strategy, config),
  };
}

/** The network of a learner with so many classes. */
export function specOf(config: LearnerConfig, classes: number): NetworkSpec {
  return networkNamed(config.network).spec(config, exampleOf(config), classes);
}

/** Numbers in an example. */
export function featuresOf(config: LearnerConfig): number {
  return inputsOf({ input: exampleOf(config) });
}

/** How a learner's training shows examples; null: as they are. */
export function shownBy(config: LearnerConfig): Augmentation | null {
  return augmentationOf(config, exampleOf(config));
}

function exampleOf({ inputs }: LearnerConfig): readonly number[] {
  return typeof inputs === 'number' ? [inputs] : inputs;
}

/** A learner is not told which task an example is of. */
function withoutTaskLabels(strategy: StrategyDefinition): StrategyDefinition {
  if (strategy.scenarios?.every((scenario) => scenario === 'task') !== true) return strategy;
  throw invalid([
    `strategy: ${strategy.name} is made for task-incremental tasks, and a learner is not told which task an example is of; take ` +
      'another one, or run it with runExperiment',
  ]);
}

/** Nor can it then put a task's own weights in place. */
function withoutOwnWeights(strategy: Strategy): Strategy {
  if (!strategy.beforeEvaluation) return strategy;
  throw invalid([
    'strategy: it measures each task by weights of its own (beforeEvaluation), and a learner is not told which task an example ' +
      'is of; take another one, or run it with runExperiment',
  ]);
}

/** A learner frees a task's examples once it has learnt them. */
function withoutEarlierData(strategy: Strategy): Strategy {
  if (!strategy.joint) return strategy;
  throw invalid([
    'strategy: joint training needs the examples of all earlier tasks, which a learner does not keep; take another one, ' +
      'such as er, or measure joint with runExperiment',
  ]);
}

function requireWeights({ options, weights }: NetworkDefinition, config: LearnerConfig): void {
  const count = weights(config, exampleOf(config), config.classes);
  if (count <= MOST_WEIGHTS) return;
  throw invalid([
    `inputs, ${Object.keys(options).join(', ')}, classes: these layers need ${count} weights, and a network may have at most ` +
      `${MOST_WEIGHTS}; make neighbouring layers narrower`,
  ]);
}

/** With its file of weights as an absolute path. */
function withPlace(config: LearnerConfig): LearnerConfig {
  return config.weights === undefined ? config : { ...config, weights: absolute(config.weights) };
}

/** With room for the classes that are there at first. */
function withRoom(config: LearnerConfig, given: { readonly maxClasses?: unknown }): LearnerConfig {
  const { classes, maxClasses } = config;
  if (classes <= maxClasses) return config;
  if (given.maxClasses === undefined) return { ...config, maxClasses: classes };
  throw invalid([`maxClasses: expected at least as many as classes, ${classes}, found ${maxClasses}`]);
}
