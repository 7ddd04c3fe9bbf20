import { type Command, Option } from 'commander';
import type { CollectFlags, SweepForm } from './commands/sweep-look.js';

const FOLDER = 'what cl-torch sweep was given with --out';

const FORMS: Readonly<Record<SweepForm, string>> = {
  json: 'all that is known of the sweep, as JSON',
  csv: 'a row for each run, as RFC 4180 has it',
  latex: 'the results in LaTeX, with the rules of booktabs',
  markdown: 'the results in Markdown',
};

/** For other programs; any number of them at once. */
const EXPORTS: Readonly<Record<string, string>> = {
  '--optuna <FILE>': "a journal of Optuna's, with a study for each method: JournalFileBackend(FILE) opens it",
  '--tensorboard <DIR>': "a folder for TensorBoard's HParams: tensorboard --logdir DIR",
  '--mlflow <URL>':
    'an MLflow tracking server, which is sent the runs that are over and that it does not have yet; MLFLOW_TRACKING_USERNAME, …_PASSWORD and …_TOKEN say who sends',
  '--experiment <NAME>': "MLflow's name for the sweep; that of its folder when left out",
};

/** The commands that look at a sweep's folder and change nothing in it but their own files. */
export function addSweepLooks(sweep: Command): void {
  sweep
    .command('status')
    .description('how far a sweep is, what is best so far, and what failed and why')
    .argument('<folder>', FOLDER)
    .action(async (folder: string) => {
      const { sweepStatus } = await import('./commands/sweep-look.js');
      process.exitCode = await sweepStatus(folder);
    });
  addCollect(sweep);
  sweep
    .command('report')
    .description('pictures and tables of a sweep as one HTML file')
    .argument('<folder>', FOLDER)
    .option('--out <FILE>', 'the file; sweep.html in the folder when left out')
    .action(async (folder: string, flags: { out?: string }) => {
      const { reportSweep } = await import('./commands/sweep-look.js');
      process.exitCode = await reportSweep(folder, flags);
    });
}

function addCollect(sweep: Command): void {
  const names = Object.keys(FORMS) as SweepForm[];
  const collect = sweep
    .command('collect')
    .description(
      'the results of a sweep, and how sure the differences are: a table for people, or one of the forms below',
    )
    .argument('<folder>', FOLDER);
  for (const name of names) {
    const others = names.filter((other) => other !== name);
    collect.addOption(new Option(`--${name}`, FORMS[name]).conflicts(others));
  }
  for (const [flags, text] of Object.entries(EXPORTS)) {
    collect.addOption(new Option(flags, text).helpGroup('Exports:'));
  }
  collect
    .option('--out <FILE>', 'a file; standard output when left out')
    .action(async (folder: string, flags: CollectFlags) => {
      const commands = await import('./commands/sweep-look.js');
      process.exitCode = await commands.collect(folder, flags);
    });
}
