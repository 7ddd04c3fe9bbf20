import { absolute } from '../base/paths.js';
import { experiment, parseConfig, readInput } from '../options/parse.js';
import type { ExperimentConfig, ExperimentInput, InputOptionsOf, StrategyName } from '../options/schema.js';
import { type CustomStrategy, isCustom, makeCustom, readDefinition } from '../strategies/custom.js';
import { requireExemplars } from '../strategies/exemplars.js';
import { createStrategy } from '../strategies/index.js';
import type { Strategy } from '../training/strategy.js';

/** A custom strategy, and what shall differ from the defaults. */
export type CustomExperimentInput<Name extends StrategyName = StrategyName> = {
  readonly strategy: CustomStrategy<Name>;
} & InputOptionsOf<Name>;

/** A checked configuration and the strategy that it names. */
export interface Plan {
  /** The same as what a caller may give: makes this plan again, or one with something changed. */
  readonly input: ExperimentInput | CustomExperimentInput;
  /** Of a custom strategy: with its name for `strategy`. */
  readonly config: ExperimentConfig;
  /**
   * @param labels - Class of every training example.
   * @throws {ClTorchError} CONFIG_INVALID when the memory shall keep more examples than there are.
   */
  createStrategy(labels: Uint8Array): Strategy;
}

/**
 * Reads and checks a configuration, now: what becomes of the caller's object afterwards changes nothing.
 * @throws {ClTorchError} CONFIG_INVALID, with every problem of the configuration.
 */
export function planExperiment(input: ExperimentInput | CustomExperimentInput): Plan {
  const given = readInput(experiment, input);
  if (!isCustom(given)) {
    const config = parseWithPlaces(given);
    return {
      input: config,
      config,
      createStrategy(labels) {
        if ('memorySize' in config) requireExemplars(config, labels);
        return createStrategy(config);
      },
    };
  }
  const strategy = readDefinition(given.strategy);
  const options = parseWithPlaces({ ...given, strategy: strategy.optionsOf });
  return {
    input: { ...options, strategy } as CustomExperimentInput,
    // The one place where `strategy` is none of the names in the type.
    config: { ...options, strategy: strategy.name } as unknown as ExperimentConfig,
    createStrategy: () => makeCustom(strategy, options),
  };
}

/**
 * A configuration whose folders are absolute: a later change of the current directory moves nothing, and a run that is
 * resumed from elsewhere finds its data.
 * @throws {ClTorchError} CONFIG_INVALID, with every problem.
 */
export function parseWithPlaces(input: unknown): ExperimentConfig {
  const { out, dataDir, ...config } = parseConfig(input);
  const places = {
    ...(dataDir === undefined ? {} : { dataDir: absolute(dataDir) }),
    ...(out === undefined ? {} : { out: absolute(out) }),
  };
  return Object.freeze({ ...config, ...places }) as ExperimentConfig;
}
