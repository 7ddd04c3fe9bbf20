import { ClTorchError } from '../base/errors.js';
import { shellWord } from '../options/command-line.js';
import { type ExperimentInput, strategyNames } from '../options/schema.js';
import { type CustomExperimentInput, type Plan, planExperiment } from './plan.js';
import type { StoppedRun } from './run-plan.js';

/**
 * The plan of a run that is resumed.
 * @param begun - The configuration that it began with, as its folder has it.
 * @throws {ClTorchError} CONFIG_INVALID when the strategy is not the one that it began with.
 */
export function planResumption({ folder, strategy, dataDir }: StoppedRun, begun: object): Plan {
  const config = { ...begun, out: folder, ...(dataDir === undefined ? {} : { dataDir }) };
  const name = 'strategy' in config ? config.strategy : undefined;
  if (strategy && strategy.name !== name) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `The run in '${folder}' has the strategy ${name}, not ${strategy.name}. Give the one that it began with.`,
    );
  }
  if (!strategy && typeof name === 'string' && !strategyNames.some((known) => known === name)) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `The run in '${folder}' has the custom strategy ${name}. Give it again: ` +
        `cl-torch resume ${shellWord(folder)} --strategy FILE, or resumeExperiment(folder, { strategy }) in a program.`,
    );
  }
  return planExperiment(
    (strategy ? { ...config, strategy } : config) as ExperimentInput | CustomExperimentInput,
  );
}
