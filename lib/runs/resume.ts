import { ClTorchError } from '../base/errors.js';
import { benchmarkNamed } from '../benchmarks/index.js';
import { shellWord } from '../config/command-line.js';
import type { CustomExperimentInput } from '../config/types.js';
import { strategyNamed } from '../strategies/index.js';
import { type Plan, planKept } from './plan.js';
import type { OwnDefinitions, StoppedRun } from './run-plan.js';

/**
 * The plan of a run that is resumed.
 * @param begun - The configuration that it began with, as its folder has it.
 * @throws {ClTorchError} CONFIG_INVALID when the strategy or the benchmark is not the one that it began with.
 */
export function planResumption(run: StoppedRun, begun: object): Plan {
  const { folder, dataDir } = run;
  const config = { ...begun, out: folder, ...(dataDir === undefined ? {} : { dataDir }) };
  return planKept({
    ...config,
    ...own(run, config, 'strategy', strategyNamed),
    ...own(run, config, 'benchmark', benchmarkNamed),
  } as CustomExperimentInput);
}

/** The caller's own definition of what the run began with; none where that was built in. */
function own(
  { folder, ...run }: StoppedRun,
  config: object,
  key: keyof OwnDefinitions,
  builtIn: (name: unknown) => object | undefined,
): object {
  const name: unknown = (config as { readonly [Key in typeof key]?: unknown })[key];
  const given = run[key];
  if (given && given.name !== name) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `The run in '${folder}' has the ${key} ${name}, not ${given.name}. Give the one that it began with.`,
    );
  }
  if (!given && typeof name === 'string' && !builtIn(name)) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `The run in '${folder}' has the custom ${key} ${name}. Give it again: ` +
        `cl-torch resume ${shellWord(folder)} --${key} FILE, or resumeExperiment(folder, { ${key} }) in a program.`,
    );
  }
  return given ? { [key]: given } : {};
}
