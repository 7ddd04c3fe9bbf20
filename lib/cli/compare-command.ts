import { type Command, Option } from 'commander';
import { strategyNames } from '../strategies/index.js';
import type { CompareFlags } from './commands/compare.js';
import { addExperimentOptions } from './experiment-options.js';
import type { OwnDefinitions } from './own-definitions.js';
import { AT_ONCE, STRATEGY_FILE } from './run-command.js';
import { addStrategyList } from './strategy-help.js';

/** `cl-torch compare`. */
export function addCompare(program: Command, own: OwnDefinitions): void {
  const compare = program
    .command('compare')
    .description(
      'run several methods over several seeds, and put them side by side; what is done is not run again',
    )
    .argument('[methods...]', `${strategyNames.join(', ')}, or finished runs' folders`)
    .addOption(
      new Option('--strategy <FILE>', `${STRATEGY_FILE}; may be given several times`)
        .argParser(collected)
        .default([], 'none')
        .helpGroup('Strategies:'),
    )
    .addHelpOption(new Option('-h, --help', 'display this help').helpGroup('Output:'));
  addExperimentOptions(compare, own, ['out']);
  addStrategyList(compare);
  compare
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
    .option('--quiet', 'no progress and no notes; the table only')
    .addHelpText(
      'after',
      `
Options of one method go to those that have them. Started again, the command runs only what is missing.

Examples:
  cl-torch compare baseline lfd er er+lfd --seeds 5 --out comparisons/1
  cl-torch compare er --strategy my-method.mjs --seeds 3
  cl-torch compare runs/1 runs/2 --out comparisons/2`,
    )
    .action(async (methods: string[], flags: CompareFlags) => {
      if (methods.length + flags.strategy.length === 0) {
        return compare.error("error: missing required argument 'methods'");
      }
      const { compare: run } = await import('./commands/compare.js');
      process.exitCode = await run(methods, flags);
    });
}

function collected(file: string, before: readonly string[]): string[] {
  return [...before, file];
}
