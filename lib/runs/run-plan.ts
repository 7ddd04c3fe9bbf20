import type { ExperimentConfig, ExperimentInput } from '../options/schema.js';
import type { CustomStrategy } from '../strategies/custom.js';
import { type CustomExperimentInput, type Plan, planExperiment } from './plan.js';
import type { RunResult } from './types.js';

/** A run that begins. Its folder, if it has one, is its configuration's `out`. */
export interface NewRun extends Plan {
  readonly state: 'new';
  /** Whether it replaces the run that the folder holds already, instead of being refused. */
  readonly overwrite: boolean;
}

/** A run that was stopped. What it is resumed with lies in its folder and is read once no other process works there. */
export interface StoppedRun {
  readonly state: 'stopped';
  readonly folder: string;
  /** The custom strategy that it began with. */
  readonly strategy?: CustomStrategy | undefined;
  /** Where its data set is now, if it was moved. */
  readonly dataDir?: string | undefined;
  /** As it was planned beside others; a run that is resumed by itself has none. */
  readonly config?: ExperimentConfig | undefined;
}

/** A run that is over; nothing is left to be done. */
export interface DoneRun {
  readonly state: 'done';
  /** As it was planned. */
  readonly config: ExperimentConfig;
  readonly result: RunResult;
}

/** A run of a list. Plain data, but for the strategy: whoever executes the list needs nothing else. */
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
