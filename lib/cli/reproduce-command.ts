import { type Command, Option } from 'commander';
import type { ReproduceFlags } from './commands/reproduce.js';
import { AT_ONCE } from './run-command.js';

/** `cl-torch reproduce`. */
export function addReproduce(program: Command): void {
  program
    .command('reproduce')
    .description(
      'make a published table again, and put its values beside ours; what is done is not run again. Without a table: list them',
    )
    .argument('[table]', 'such as van-de-ven-split-mnist')
    .option('--methods <LIST>', 'these methods of it only, such as si,ewc')
    .addOption(
      new Option('--scenario <NAME>', 'the rows of this scenario only').choices(['task', 'domain', 'class']),
    )
    .option('--seeds <LIST>', 'how many seeds from 1 on (5), or which (1,2,7)', '5')
    .option('--at-once <N>', AT_ONCE)
    .option('--device <NAME>', 'where to train: auto, cpu, cuda or cuda:N', 'auto')
    .option('--threads <N>', "CPU threads of each run, or auto, its share of the machine's cores", 'auto')
    .option('--engine <NAME>', 'auto, fused or autograd', 'auto')
    .option('--data-dir <PATH>', "folder with the data set's files")
    .option(
      '--out <DIR>',
      'where every run has a folder, and the page, the Markdown, the CSV and the JSON file go; default: reproductions/TABLE',
    )
    .option('--json', 'print the outcome, or the list, as JSON')
    .option('--quiet', 'no progress and no notes; the table only')
    .addHelpText(
      'after',
      `
Exit status 1 where a mean of ours is outside of what is accepted. Started again, the command runs only what is missing.

Examples:
  cl-torch reproduce
  cl-torch reproduce van-de-ven-split-mnist --methods si,lwf --scenario class --seeds 3`,
    )
    .action(async (table: string | undefined, flags: ReproduceFlags) => {
      const { listReproductions, reproduce } = await import('./commands/reproduce.js');
      process.exitCode = table === undefined ? listReproductions(flags) : await reproduce(table, flags);
    });
}
