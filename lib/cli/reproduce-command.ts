import { type Command, Option } from 'commander';
import type { ReproduceFlags } from './commands/reproduce.js';
import { addSomeOptions } from './experiment-options.js';
import { AT_ONCE_DEFAULT } from './run-command.js';

/** Options of a run that change no method: the machine's. */
const MACHINE = ['device', 'threads', 'engine', 'dataDir'];

/** `cl-torch reproduce`. */
export function addReproduce(program: Command): void {
  const reproduce = program
    .command('reproduce')
    .description(
      'make a published table again, or all of them, and put its values beside ours; what is done is not run again. Without a table: list them',
    )
    .argument('[table]', 'such as van-de-ven-split-mnist; all: each table, in a folder of its own in --out')
    .option('--methods <LIST>', 'these methods of it only, such as si,ewc')
    .addOption(
      new Option('--scenario <NAME>', 'the rows of this scenario only').choices(['task', 'domain', 'class']),
    )
    .option('--seeds <LIST>', 'how many seeds from 1 on (5), or which (1,2,7)', '5')
    .option(
      '--at-once <N>',
      `how many runs train at the same time, on a GPU seeds of a row; ${AT_ONCE_DEFAULT}`,
    )
    .option(
      '--out <DIR>',
      'where every run has a folder, and the page, the Markdown, the CSV and the JSON file go; default: reproductions/TABLE (with all: reproductions)',
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
      const { listReproductions, reproduce: run } = await import('./commands/reproduce.js');
      process.exitCode = table === undefined ? listReproductions(flags) : await run(table, flags);
    });
  addSomeOptions(reproduce, MACHINE, 'Machine:');
}
