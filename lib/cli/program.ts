import { createRequire } from 'node:module';
import { Command, InvalidArgumentError } from 'commander';
import { widthOf } from '../base/terminal-size.js';
import { addBench } from './bench-options.js';
import type { PredictFlags } from './commands/predict.js';
import { addCompare } from './compare-command.js';
import { addData } from './data-command.js';
import { NONE, type OwnDefinitions } from './own-definitions.js';
import { addReproduce } from './reproduce-command.js';
import { addResume, addRun } from './run-command.js';
import { addSweep } from './sweep-command.js';

const { version, description } = createRequire(import.meta.url)('../../package.json') as {
  version: string;
  description: string;
};

/**
 * The commands and their options, those of the caller's own strategies and benchmarks among them. What a command does is
 * imported when it runs, so that help comes at once.
 */
export function createProgram(own: OwnDefinitions = NONE): Command {
  const program = new Command('cl-torch')
    .description(description)
    .version(version)
    .exitOverride()
    .enablePositionalOptions() // a flag behind a command of sweep is that command's
    .configureOutput({
      getOutHelpWidth: () => (process.stdout.isTTY ? widthOf(process.stdout) : 80),
      getErrHelpWidth: () => (process.stderr.isTTY ? widthOf(process.stderr) : 80),
    })
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
  cl-torch sweep --help                        settings, chosen without test images; clusters
  cl-torch doctor                              what is in place, what is missing`,
    )
    .addHelpText(
      'afterAll',
      `
Exit status: 0 done, 1 failed, 2 wrong usage or configuration,
3 the training diverged. Ended by a signal:
129 terminal closed (SIGHUP), 130 Ctrl-C (SIGINT), 131 Ctrl-\\ (SIGQUIT),
141 the reader of the output left (SIGPIPE), 143 asked to end (SIGTERM),
152 CPU time used up (SIGXCPU).`,
    );
  addRun(program, own);
  addResume(program);
  addPredict(program);
  addReport(program);
  addCompare(program, own);
  addSweep(program);
  addReproduce(program);
  addStrategies(program);
  addDoctor(program);
  addBuild(program);
  addData(program);
  addBench(program);
  return program;
}

function addPredict(program: Command): void {
  program
    .command('predict')
    .description('classify images with a trained model')
    .argument('<model>', "a run's --out folder, or its model.safetensors")
    .requiredOption(
      '--images <FILE>',
      'images as an IDX file, gzipped or not, or one as a PNG, JPEG, WebP, TIFF or GIF file',
    )
    .option(
      '--task <N>',
      'which task the images are of; needed where tasks have their own pixels or outputs',
      wholeNumber,
    )
    .option('--invert', 'exchange black and white: for dark strokes on a light ground')
    .option('--json', 'print one JSON object with the probabilities of every class')
    .addHelpText(
      'after',
      `
In permuted-mnist every task, the first one too, has the pixels in an order of its own: --task says in which one the
images are shown to the network. A task-incremental run has outputs for each task: --task says which ones to choose
among; of a class-incremental run, too, where it is given. Classes are called as in the data set. Colours become grey; what is transparent lies on black.

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

function addStrategies(program: Command): void {
  program
    .command('strategies')
    .description('list what there is to train with: role, scenarios, source and options')
    .option('--json', 'print a JSON array, with the options of each')
    .addHelpText('after', '\nStrategies are joined with +, such as er+lfd, where they do not collide.')
    .action(async (flags: { json?: true }) => {
      const { listStrategies } = await import('./commands/strategies.js');
      process.exitCode = listStrategies(flags);
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
    .action(async (flags: { force?: boolean }) => {
      const { build } = await import('./commands/build.js');
      process.exitCode = await build(flags);
    });
}
