import { type Command, Option } from 'commander';
import { strategyNames } from '../strategies/index.js';
import { addExperimentOptions } from './experiment-options.js';
import type { OwnDefinitions } from './own-definitions.js';
import { addStrategyHelp } from './strategy-help.js';

/** What `--at-once` is when it is left out. */
export const AT_ONCE_DEFAULT: string =
  'default: on the CPU, unless --threads is given, what is done first, a share ' +
  'of the cores each; on a GPU 16 as one batch, or one with --engine autograd';

export const AT_ONCE: string = `how many seeds train at the same time; ${AT_ONCE_DEFAULT}`;

export const STRATEGY_FILE: string =
  'a custom strategy in place of a built-in one: a JavaScript or TypeScript module whose default export it is ' +
  '(docs/strategies.md)';
const TWO_STRATEGIES = 'a strategy is named by its name or by --strategy FILE, not by both';

interface StrategyFlags extends Record<string, unknown> {
  readonly strategy?: string;
}

/** `cl-torch run`. */
export function addRun(program: Command, own: OwnDefinitions): void {
  const run = program
    .command('run')
    .description('train a strategy on one task after another and measure what it forgets')
    .argument('[strategy]', `what to train with: ${strategyNames.join(', ')}`)
    .addOption(new Option('--strategy <FILE>', STRATEGY_FILE).helpGroup('Strategy:'))
    .addHelpOption(new Option('-h, --help', 'display this help').helpGroup('Output:'));
  addExperimentOptions(run, own);
  addStrategyHelp(run, own);
  run
    .option(
      '--seeds <LIST>',
      'several runs: how many seeds from --seed on (8), or which (2024,7,11); mean ± sd at the end',
    )
    .option('--at-once <N>', AT_ONCE)
    .option('--config <FILE>', 'JSON file with options by their configuration keys; flags override it')
    .option(
      '--events <FILE>',
      'append every event of the run to this file, as lines of JSON (docs/events.md)',
    )
    .option('--tensorboard <DIR>', 'write the numbers for TensorBoard, into a folder in DIR for each run')
    .option('--force', 'replace the run that the --out folder holds already')
    .option('--json', 'print the result as one JSON object on standard output, and nothing else there')
    .option('--quiet', 'no progress and no notes; results only')
    .addHelpText(
      'after',
      `
Examples:
  cl-torch run baseline --hidden 256,256 --learning-rate 3e-4
  cl-torch run baseline --dataset fashion-mnist --device cuda:1 --out runs/fashion
  cl-torch run baseline --config runs/fashion/config.json --out runs/again
  cl-torch run baseline --json --quiet > result.json
  cl-torch run --strategy my-method.mjs --tasks 3`,
    )
    .action(async (name: string | undefined, { strategy: file, ...flags }: StrategyFlags) => {
      const strategy = file ?? name;
      if (strategy === undefined) return run.error("error: missing required argument 'strategy'");
      if (file !== undefined && name !== undefined) return run.error(`error: ${TWO_STRATEGIES}`);
      const { runStrategy } = await import('./commands/run.js');
      process.exitCode = await runStrategy(strategy, flags);
    });
}

/** `cl-torch resume`. */
export function addResume(program: Command): void {
  program
    .command('resume')
    .description('go on with a run that was stopped, as if it had not been')
    .argument('<folder>', "the run's folder, wherever it is now")
    .option('--strategy <FILE>', 'the file of the custom strategy that the run began with')
    .option('--benchmark <FILE>', 'the file of the custom benchmark that the run began with')
    .option('--data-dir <PATH>', 'where the data of your own are now, when they were moved')
    .option(
      '--events <FILE>',
      'append every event of the run to this file, as lines of JSON (docs/events.md)',
    )
    .option('--tensorboard <DIR>', 'write the numbers for TensorBoard, into a folder in DIR for each run')
    .option('--json', 'print the result as one JSON object on standard output, and nothing else there')
    .option('--quiet', 'no progress and no notes; results only')
    .addHelpText(
      'after',
      `
The run goes on at its last checkpoint (--checkpoint-every of run), with the options it began with.

Examples:
  cl-torch resume runs/1`,
    )
    .action(async (folder: string, flags: Record<string, unknown>) => {
      const { resumeRun } = await import('./commands/run.js');
      process.exitCode = await resumeRun(folder, flags);
    });
}
