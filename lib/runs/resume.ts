import { object, optional, path, settle } from '../base/arguments.js';
import { ClTorchError } from '../base/errors.js';
import { shellWord } from '../options/command-line.js';
import { type ExperimentInput, type StrategyName, strategyNames } from '../options/schema.js';
import { type CustomStrategy, readDefinition } from '../strategies/custom.js';
import { runLoop } from './loop.js';
import { OutputDirectory } from './output.js';
import { type CustomExperimentInput, type Plan, planExperiment } from './plan.js';
import { type ExperimentRun, type RunOptions, runOptions, startSettled } from './start.js';

export interface ResumeOptions<Name extends StrategyName = StrategyName> extends RunOptions {
  /** The custom strategy that the run began with; it must keep nothing between its calls but in the session. */
  readonly strategy?: CustomStrategy<Name> | undefined;
  /** Folder with the data set's files, if they are no longer where they were; their content must be the same. */
  readonly dataDir?: string | undefined;
}

/**
 * Goes on with a run that was stopped, at its last checkpoint, and ends as it would have ended: on the same machine's CPU
 * with every digit the same (docs/checkpoints.md). A run without a checkpoint begins anew.
 *
 * @param folder - The run's `out`, wherever it is now.
 * @throws {ClTorchError} By rejection: FILE_NOT_FOUND, FILE_FOREIGN, FILE_DAMAGED, FILE_TOO_NEW, FILE_MISMATCH,
 * DIVERGED (the run ended so, and would again) or RUN_IN_USE before any training, and what {@link runExperiment} does.
 * @example
 * const result = await resumeExperiment('runs/1');
 */
export function resumeExperiment<Name extends StrategyName>(
  folder: string,
  options?: ResumeOptions<Name>,
): ExperimentRun {
  const given = (): ResumeOptions<Name> & { readonly out: string } => ({
    ...settle('resumeExperiment', options, {
      ...runOptions,
      dataDir: optional(path),
      strategy: optional((own, name) => readDefinition(object(own, name) as CustomStrategy<Name>)),
    }),
    out: path(folder, 'resumeExperiment: folder'),
  });
  return startSettled(given, ({ out, dataDir, strategy }, loop) =>
    OutputDirectory.reopen(out, loop.signal, async (output, { config, checkpoint }) => {
      const places = dataDir === undefined ? { out } : { out, dataDir };
      return runLoop(planResumption({ ...config, ...places }, strategy), loop, { output, checkpoint });
    }),
  );
}

function planResumption<Name extends StrategyName>(
  config: { readonly out: string },
  strategy: CustomStrategy<Name> | undefined,
): Plan {
  const name = 'strategy' in config ? config.strategy : undefined;
  if (strategy && strategy.name !== name) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `The run in '${config.out}' has the strategy ${name}, not ${strategy.name}. Give the one that it began with.`,
    );
  }
  if (!strategy && typeof name === 'string' && !strategyNames.some((known) => known === name)) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `The run in '${config.out}' has the custom strategy ${name}. Give it again: ` +
        `cl-torch resume ${shellWord(config.out ?? '')} --strategy FILE, or resumeExperiment(folder, { strategy }) in a program.`,
    );
  }
  return planExperiment(
    (strategy ? { ...config, strategy } : config) as ExperimentInput | CustomExperimentInput,
  );
}
