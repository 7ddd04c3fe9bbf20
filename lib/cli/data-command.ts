import { Argument, type Command } from 'commander';
import { DATASET_NAMES, type DatasetName } from '../datasets/catalog.js';

/** `cl-torch data`. */
export function addData(program: Command): void {
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
    .option('--data-dir <PATH>', 'check data of your own, a folder or a file (needs a name)')
    .option('--json', 'print a JSON array, one report for each data set')
    .action(
      async (name: DatasetName | undefined, flags: { dataDir?: string; json?: true }, command: Command) => {
        if (flags.dataDir !== undefined && name === undefined) {
          command.error('error: --data-dir needs the name of the data set that they stand for');
        }
        const { verifyData } = await import('./commands/data.js');
        process.exitCode = await verifyData(name, flags);
      },
    );
}
