import { absolute } from '../base/paths.js';
import { type Experiment, parseExperiment } from '../config/parse.js';
import { machineOf } from '../config/presets.js';
import type { CustomExperimentInput, ExperimentConfig, ExperimentInput } from '../config/types.js';
import { createStrategy } from '../strategies/read.js';
import type { CreationContext } from '../training/definition.js';
import type { MachineDemands } from '../training/environment.js';
import type { Strategy } from '../training/strategy.js';

/** A checked configuration and what it names. */
export interface Plan extends Experiment {
  /** The same as what a caller may give: makes this plan again, or one with something changed. */
  readonly input: ExperimentInput | CustomExperimentInput;
  /** What it asks of the machine. */
  readonly machine: MachineDemands;
  /**
   * The hooks of a run, made anew.
   * @throws {ClTorchError} CONFIG_INVALID when the memory shall keep more examples than a task has.
   */
  createStrategy(context: CreationContext): Strategy;
}

/**
 * Reads and checks a configuration, now: what becomes of the caller's object afterwards changes nothing. Its folders become
 * absolute: a later change of the current directory moves nothing, and a run that is resumed from elsewhere finds its data.
 * @throws {ClTorchError} CONFIG_INVALID, with every problem of the configuration.
 */
export function planExperiment(input: ExperimentInput | CustomExperimentInput): Plan {
  const experiment = parseExperiment(input);
  const { out, dataDir, weights, ...settings } = experiment.config;
  const places = {
    ...(dataDir === undefined ? {} : { dataDir: absolute(dataDir) }),
    ...(weights === undefined ? {} : { weights: absolute(weights) }),
    ...(out === undefined ? {} : { out: absolute(out) }),
  };
  return planOf(experiment, { ...settings, ...places } as ExperimentConfig);
}

/**
 * The plan of a configuration that was written down, with every option that there was. One that it lacks is newer, and has
 * its default, whatever its preset has come to stand for since: the run is the one that was begun.
 * @throws {ClTorchError} CONFIG_INVALID, as {@link planExperiment}.
 */
export function planKept(kept: CustomExperimentInput): Plan {
  const { preset } = kept as { readonly preset?: unknown };
  if (preset === undefined) return planExperiment(kept);
  const plan = planExperiment({ ...kept, preset: undefined } as CustomExperimentInput);
  return planOf(plan, { ...plan.config, preset } as ExperimentConfig);
}

function planOf(
  { strategy, benchmark, network }: Omit<Experiment, 'config'>,
  settings: ExperimentConfig,
): Plan {
  const config = Object.freeze(settings);
  return {
    config,
    strategy,
    benchmark,
    network,
    input: { ...config, strategy, benchmark } as unknown as CustomExperimentInput,
    machine: machineOf(strategy, config),
    createStrategy: (context) => createStrategy(strategy, config, context),
  };
}
