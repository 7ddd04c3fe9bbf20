import { parseConfig } from '../config/parse.js';
import type { ExperimentConfig, ExperimentInput, InputOptionsOf, StrategyName } from '../config/schema.js';
import { requireExemplars } from '../strategies/exemplars.js';
import { createStrategy } from '../strategies/index.js';
import { isOwn, makeOwn, type OwnStrategy, requireDefinition } from '../strategies/own.js';
import type { Strategy } from '../strategies/strategy.js';

/** A strategy of one's own, and what shall differ from the defaults. */
export type OwnExperimentInput<Name extends StrategyName = StrategyName> = {
  readonly strategy: OwnStrategy<Name>;
} & InputOptionsOf<Name>;

/** A checked configuration and the strategy that it names. */
export interface Plan {
  /** Of a strategy of one's own: with its name for `strategy`. */
  readonly config: ExperimentConfig;
  /**
   * @param labels - Class of every training example.
   * @throws {ClTorchError} CONFIG_INVALID when the memory shall keep more examples than there are.
   */
  createStrategy(labels: Uint8Array): Strategy;
}

/** @throws {ClTorchError} CONFIG_INVALID, with every problem of the configuration. */
export function planExperiment(input: ExperimentInput | OwnExperimentInput): Plan {
  if (!isOwn(input)) {
    const config = parseConfig(input);
    return {
      config,
      createStrategy(labels) {
        if ('memorySize' in config) requireExemplars(config, labels);
        return createStrategy(config);
      },
    };
  }
  const { strategy } = input;
  requireDefinition(strategy);
  const options = parseConfig({ ...input, strategy: strategy.optionsOf });
  return {
    // The one place where `strategy` is none of the names in the type.
    config: { ...options, strategy: strategy.name } as unknown as ExperimentConfig,
    createStrategy: () => makeOwn(strategy, options),
  };
}
