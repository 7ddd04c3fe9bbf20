import { flag, optional, type Readers } from '../base/arguments.js';
import type { Company } from './company.js';
import { runLoop } from './loop.js';
import { OutputDirectory } from './output.js';
import type { Plan } from './plan.js';
import { type ExperimentRun, type RunOptions, runOptions, startSettled } from './start.js';

export interface NewRunOptions extends RunOptions {
  /** Replaces the run that `out` holds already, instead of refusing to start. Default false. */
  readonly overwrite?: boolean | undefined;
}

/** How the options of a new run are read. */
export const newRunOptions: Readers<NewRunOptions> = { ...runOptions, overwrite: optional(flag) };

/** A new run, settled. */
export interface Launch extends NewRunOptions {
  readonly plan: Plan;
}

/**
 * Starts a new run, alone or in company.
 * @param settle - Gives what to run; called at once.
 */
export function launch(settle: () => Launch, company?: Company): ExperimentRun {
  return startSettled(settle, async ({ plan, overwrite = false }, loop) => {
    const { out } = plan.config;
    if (out === undefined) return runLoop(plan, loop, { company });
    return OutputDirectory.open(out, loop.signal, async (output) => {
      if (!overwrite) await output.requireVacant();
      return runLoop(plan, loop, { output, company });
    });
  });
}
