import { createRequire } from 'node:module';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { strategyNames } from '../config/schema.js';
import { DATASET_NAMES, type DatasetName } from '../data/catalog.js';
import { addBench } from './bench-options.js';
import type { CompareFlags } from './commands/compare.js';
import type { PredictFlags } from './commands/predict.js';
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
  cl-torch resume runs/1                       goes on with it when it was stopped
  cl-torch report runs/1                       its pictures and tables as an HTML page
  cl-torch compare baseline lfd er --seeds 5   several methods side by side
  cl-torch doctor                              what is in place, what is missing

Exit status: 0 done, 1 failed, 2 wrong usage or configuration, 130 interrupted.`,
    );
  addRun(program);
  addResume(program);
  addPredict(program);
  addReport(program);
  addCompare(program);
  addDoctor(program);
  addBuild(program);
  addData(program);
  addBench(program);
  return program;
}

const AT_ONCE =
  'how many seeds train at the same time; default: on the CPU, unless --threads is given, what is done first, a share ' +
  'of the cores each; on a GPU 16 as one batch, or one with --engine autograd';

function addRun(program: Command): void {
  const run = program
    .command('run')
    .description('train a strategy on one task after another and measure what it forgets')
    .argument('<strategy>', `what to train with: ${strategyNames.join(', ')}`);
  for (const option of experimentOptions()) run.addOption(option);
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
  cl-torch run baseline --json --quiet > result.json`,
    )
    .action(async (strategy: string, flags: Record<string, unknown>) => {
      const { runStrategy } = await import('./commands/run.js');
      process.exitCode = await runStrategy(strategy, flags);
    });
}

function addResume(program: Command): void {
  program
    .command('resume')
    .description('go on with a run that was stopped, as if it had not been')
    .argument('<folder>', "the run's --out")
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

function addPredict(program: Command): void {
  program
    .command('predict')
    .description('classify images with a trained model')
    .argument('<model>', "a run's --out folder, or its model.safetensors")
    .requiredOption('--images <FILE>', 'images as an IDX file, gzipped or not, or one as a PNG file')
    .option('--task <N>', "whose order of pixels to use; needed for a run's model", wholeNumber)
    .option('--invert', 'exchange black and white: for dark strokes on a light ground')
    .option('--json', 'print one JSON object with the probabilities of every class')
    .addHelpText(
      'after',
      `
In permuted-mnist every task, the first one too, has the pixels in an order of its own: --task says in which one the
images are shown to the network. Colours become grey; what is transparent lies on black.

Examples:
  cl-torch predict runs/1 --task 0 --images digit.png --invert
  cl-torch predict runs/1 --task 2 --images t10k-images-idx3-ubyte --json`,
    )
    .action(async (model: string, flags: PredictFlags) => {
      const { predict } = await import('./commands/predict.js');
      process.exitCode = await predict(model, flags);
    });
}

function wholeNumber(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 0.');
}

function addCompare(program: Command): void {
  const compare = program
    .command('compare')
    .description(
      'run several methods over several seeds, and put them side by side; what is done is not run again',
    )
    .argument('<methods...>', `${strategyNames.join(', ')}, or finished runs' folders`)
    .option('--seeds <LIST>', 'how many seeds from --seed on (5), or which (2024,7,11)', '3')
    .option('--at-once <N>', AT_ONCE)
    .option(
      '--out <DIR>',
      'where every run has a folder, and the page, the Markdown and the CSV file go',
      'comparison',
    )
    .option(
      '--no-joint',
      'without the upper bound, joint training, which is otherwise run beside the strategies named',
    )
    .option('--quiet', 'no progress and no notes; the table only');
  for (const option of experimentOptions()) if (option.long !== '--out') compare.addOption(option);
  compare
    .addHelpText(
      'after',
      `
Options of one method go to those that have them. Started again, the command runs only what is missing.

Examples:
  cl-torch compare baseline lfd er er+lfd --seeds 5 --out comparisons/1
  cl-torch compare runs/1 runs/2 --out comparisons/2`,
    )
    .action(async (methods: string[], flags: CompareFlags) => {
      const { compare: run } = await import('./commands/compare.js');
      process.exitCode = await run(methods, flags);
    });
}

function addReport(program: Command): void {
  program
    .command('report')
    .description('make an HTML page of a run, or one that compares several; it needs nothing beside itself')
    .argument('<folders...>', "runs' --out folders; of --seeds, the folder that has them all")
    .option('--out <FILE>', 'where to; default: report.html in the folder, comparison.html here for several')
    .action(async (folders: string[], flags: { out?: string }) => {
      const { report } = await import('./commands/report.js');
      process.exitCode = await report(folders, flags);
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
