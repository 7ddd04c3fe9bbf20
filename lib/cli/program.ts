import { createRequire } from 'node:module';
import { Argument, Command } from 'commander';
import { strategyNames } from '../config/schema.js';
import { DATASET_NAMES, type DatasetName } from '../data/catalog.js';
import { experimentOptions } from './experiment-options.js';

const { version, description } = createRequire(import.meta.url)('../../package.json') as {
  version: string;
  description: string;
};

/** The commands and their options. What a command does is imported when it runs, so that help comes at once. */
export function createProgram(): Command {
  const program = new Command('cl-torch')
    .description(description)
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help lists the commands and options)')
    .addHelpText(
      'after',
      `
Examples:
  cl-torch run baseline                        the article's run: 10 tasks, 5 epochs each
  cl-torch run baseline --tasks 3 --out runs/1 a shorter one, kept in runs/1
  cl-torch doctor                              what is in place, what is missing

Exit status: 0 done, 1 failed, 2 wrong usage or configuration, 130 interrupted.`,
    );
  addRun(program);
  addDoctor(program);
  addBuild(program);
  addData(program);
  return program;
}

function addRun(program: Command): void {
  const run = program
    .command('run')
    .description('train a strategy on one task after another and measure what it forgets')
    .argument('<strategy>', `what to train with: ${strategyNames.join(', ')}`);
  for (const option of experimentOptions()) run.addOption(option);
  run
    .option('--config <FILE>', 'JSON file with options by their configuration keys; flags override it')
    .option('--json', 'print the result as one JSON object on standard output, and nothing else there')
    .option('--quiet', 'no progress and no notes; results only')
    .addHelpText(
      'after',
      `
Examples:
  cl-torch run baseline --hidden 256,256 --learning-rate 3e-4
  cl-torch run baseline --dataset fashion-mnist --device cuda:1 --out runs/fashion
  cl-torch run baseline --config runs/fashion/config.json --out runs/again
  cl-torch run baseline --json --quiet > result.json`,
    )
    .action(async (strategy: string, flags: Record<string, unknown>) => {
      const { runStrategy } = await import('./commands/run.js');
      process.exitCode = await runStrategy(strategy, flags);
    });
}

function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('tell what is in place on this machine, and what to do about the rest')
    .option('--json', 'print the diagnosis as one JSON object')
    .action(async (flags: { json?: true }) => {
      const { doctor } = await import('./commands/doctor.js');
      process.exitCode = await doctor(flags);
    });
}

function addBuild(program: Command): void {
  program
    .command('build')
    .description('build the native addon, fetching LibTorch first where there is none')
    .option('--force', 'build from scratch even when the addon is current')
    .option('--if-possible', 'when it cannot be built, say why and exit with 0')
    .action(async (flags: { force?: boolean; ifPossible?: boolean }) => {
      const { build } = await import('./commands/build.js');
      process.exitCode = await build(flags);
    });
}

function addData(program: Command): void {
  const data = program.command('data').description('list, download and verify data sets');
  data
    .command('list')
    .description('which data sets are at hand, and where')
    .option('--json', 'print a JSON array')
    .action(async (flags: { json?: true }) => {
      const { listData } = await import('./commands/data.js');
      process.exitCode = await listData(flags);
    });
  data
    .command('download')
    .description('download a data set from its publishers into the cache')
    .addArgument(new Argument('<name>', 'the data set').choices(DATASET_NAMES))
    .action(async (name: DatasetName) => {
      const { downloadData } = await import('./commands/data.js');
      process.exitCode = await downloadData(name);
    });
  data
    .command('verify')
    .description('read and check every byte of a data set')
    .addArgument(
      new Argument('[name]', 'the data set; without it, all that are at hand').choices(DATASET_NAMES),
    )
    .option('--data-dir <DIR>', 'check the IDX files in this folder (needs a name)')
    .option('--json', 'print a JSON array, one report for each data set')
    .action(
      async (name: DatasetName | undefined, flags: { dataDir?: string; json?: true }, command: Command) => {
        if (flags.dataDir !== undefined && name === undefined) {
          command.error('error: --data-dir needs the name of the data set that the folder holds');
        }
        const { verifyData } = await import('./commands/data.js');
        process.exitCode = await verifyData(name, flags);
      },
    );
}
