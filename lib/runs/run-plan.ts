import type { BenchmarkDefinition } from '../benchmarks/define.js';
import type { CustomExperimentInput, ExperimentConfig, ExperimentInput } from '../config/types.js';
import type { StrategyDefinition } from '../training/definition.js';
import type { MachineDemands } from '../training/environment.js';
import { type Plan, planExperiment } from './plan.js';
import type { RunResult } from './types.js';

/** A run that begins. Its folder, if it has one, is its configuration's `out`. */
export interface NewRun extends Plan {
  readonly state: 'new';
  /** Whether it replaces the run that the folder holds already, instead of being refused. */
  readonly overwrite: boolean;
}

/** What of a run its folder does not have. */
export interface OwnDefinitions {
  /** The custom strategy that it began with; it must keep nothing between its calls but in the session. */
  readonly strategy?: StrategyDefinition | undefined;
  /** The custom benchmark that it began with. */
  readonly benchmark?: BenchmarkDefinition | undefined;
}

/** A run that was stopped. What it is resumed with lies in its folder and is read once no other process works there. */
export interface StoppedRun extends OwnDefinitions {
  readonly state: 'stopped';
  readonly folder: string;
  /** Where its data set is now, if it was moved. */
  readonly dataDir?: string | undefined;
  /** As it was planned beside others; a run that is resumed by itself has none. */
  readonly config?: ExperimentConfig | undefined;
  /** What it asks of the machine, where it was planned beside others. */
  readonly machine?: MachineDemands | undefined;
}

/** A run that is over; nothing is left to be done. */
export interface DoneRun {
  readonly state: 'done';
  /** As it was planned. */
  readonly config: ExperimentConfig;
  readonly result: RunResult;
}

/** A run of a list. Plain data, but for the definitions: whoever executes the list needs nothing else. */
export type RunPlan = NewRun | StoppedRun | DoneRun;

/**
 * A run of a configuration that is read and checked now.
 * @throws {ClTorchError} CONFIG_INVALID, with every problem of the configuration.
 */
export function newRun(input: ExperimentInput | CustomExperimentInput, overwrite = false): NewRun {
  return { ...planExperiment(input), state: 'new', overwrite };
}

/** The same run with some settings changed. */
export function changed(
  { input, overwrite }: NewRun,
  settings: Partial<Pick<ExperimentConfig, 'seed' | 'threads' | 'out'>>,
): NewRun {
  return newRun({ ...input, ...settings }, overwrite);
}
