import { type Command, Option } from 'commander';
import { describe } from '../options/option.js';
import { sweepOptions } from '../sweep/plan/options.js';
import { slurmOptions } from '../sweep/slurm/options.js';
import { addExperimentOptions, optionFor } from './experiment-options.js';
import { NONE } from './own-definitions.js';
import { AT_ONCE } from './run-command.js';
import { addSweepLooks } from './sweep-look-command.js';

const EXAMPLES = `
VALUES is a list (1e-4,1e-3; lists of lists are parted by semicolons), range(a,b), range(a,b,step), log(a,b), log(a,b,count)
or choice(…). strategy, benchmark, dataset and scenario make methods, which are searched one by one; an option that one
method alone has is given to it, and ewc.strength is for ewc alone. Started again, the command goes on where it was; the
other commands take the folder: cl-torch sweep status DIR. docs/sweeps.md tells of clusters.

Examples:
  cl-torch sweep --set strategy=ewc,si --set strength=log(1,10000,5) --benchmark split-mnist --validation 5000
  cl-torch sweep study.yaml --out sweeps/study
  cl-torch sweep plan study.yaml --out sweeps/study --lines | parallel`;

/** `cl-torch sweep` and what belongs to it. */
export function addSweep(program: Command): void {
  const sweep = program
    .command('sweep')
    .description(
      'run methods with many settings and seeds, choose the best settings without looking at test images, measure those',
    )
    .argument('[file]', 'YAML or JSON file of the sweep (docs/sweeps.md)')
    .enablePositionalOptions();
  addRequest(sweep);
  sweep
    .addOption(
      new Option('--executor <NAME>', 'where runs are executed').choices(['local', 'slurm']).default('local'),
    )
    .option('--at-once <N>', AT_ONCE)
    .option('--devices <LIST>', 'devices that runs are spread over, such as cuda:0,cuda:1')
    .option('--retry', 'try runs again that failed')
    .option('--quiet', 'no progress and no notes; the table only');
  const { atOnce: _, ...ofSlurm } = slurmOptions;
  addAll(sweep, ofSlurm, 'Slurm (with --executor slurm):');
  sweep.action(async (file: string | undefined, flags: Record<string, unknown>) => {
    const { runSweep } = await import('./commands/sweep.js');
    process.exitCode = await runSweep(file, flags);
  });
  addPlan(sweep);
  addWork(sweep);
  addSweepLooks(sweep);
}

function addPlan(sweep: Command): void {
  const plan = sweep
    .command('plan')
    .description('show the runs of a sweep and how long they will take, and run nothing')
    .argument('[file]', 'YAML or JSON file of the sweep');
  addRequest(plan);
  plan
    .option(
      '--lines',
      'write the sweep into its folder, and print a command for each run that is known and missing',
    )
    .action(async (file: string | undefined, flags: Record<string, unknown>) => {
      const { planSweepRuns } = await import('./commands/sweep-plan.js');
      process.exitCode = await planSweepRuns(file, flags);
    });
}

function addWork(sweep: Command): void {
  sweep
    .command('work')
    .description(
      'do what is missing of the sweep in a folder, beside any number of other processes that do the same, also on other hosts that share it',
    )
    .argument('<folder>', 'what cl-torch sweep was given with --out')
    .option('--only <NAME...>', 'these runs only')
    .option('--at-once <N>', AT_ONCE)
    .option('--devices <LIST>', 'devices that runs are spread over, such as cuda:0,cuda:1')
    .option('--retry', 'try runs again that failed')
    .option('--quiet', 'no progress and no notes')
    .action(async (folder: string, flags: Record<string, unknown>) => {
      const { workOnSweep } = await import('./commands/sweep.js');
      process.exitCode = await workOnSweep(folder, flags);
    });
}

/** What a sweep is, as flags. */
function addRequest(command: Command): void {
  command
    .addOption(
      new Option(
        '--set <KEY=VALUES>',
        'an option, by its name in a configuration, and the values it is swept over; may be given several times',
      )
        .argParser(collected)
        .default([], 'none')
        .helpGroup('Search:'),
    )
    .addHelpOption(new Option('-h, --help', 'display this help').helpGroup('Output:'));
  addAll(command, sweepOptions, 'Search:');
  command.addOption(
    new Option(
      '--seeds <LIST>',
      'how many seeds from --seed on (3), or which (2024,7,11), for each setting; 1 when left out',
    ).helpGroup('Search:'),
  );
  addExperimentOptions(command, NONE, ['out']);
  command
    .option(
      '--out <DIR>',
      'where every run has a folder, and the tables and the page go; sweep when left out',
    )
    .addHelpText('after', EXAMPLES);
}

function collected(text: string, before: readonly string[]): string[] {
  return [...before, text];
}

/** A flag for each option that belongs to no entry of a registry. */
function addAll(command: Command, options: object, heading: string): void {
  for (const option of describe(options)) {
    command.addOption(optionFor({ ...option, isOfStrategy: false, owners: [], otherDefaults: [] }, heading));
  }
}
