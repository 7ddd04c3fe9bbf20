import type { ExperimentInput, StrategyName } from '../config/schema.js';
import type { Company } from './company.js';
import { runLoop } from './loop.js';
import { OutputDirectory } from './output.js';
import { type OwnExperimentInput, planExperiment } from './plan.js';
import { type ExperimentRun, type RunOptions, start } from './start.js';

export interface NewRunOptions extends RunOptions {
  /** Replaces the run that `out` holds already, instead of refusing to start. Default false. */
  readonly overwrite?: boolean | undefined;
}

/** Starts a new run, alone or in company. */
export function launch<Name extends StrategyName>(
  input: ExperimentInput | OwnExperimentInput<Name>,
  { overwrite = false, ...options }: NewRunOptions,
  company?: Company,
): ExperimentRun {
  return start(options, async (loop) => {
    const plan = planExperiment(input);
    const { out } = plan.config;
    if (out === undefined) return runLoop(plan, loop, { company });
    return OutputDirectory.open(out, loop.signal, async (output) => {
      if (!overwrite) await output.requireVacant();
      return runLoop(plan, loop, { output, company });
    });
  });
}
