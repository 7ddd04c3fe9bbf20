import { type Command, Help, type Option } from 'commander';
import { type StrategyName, strategiesWith, strategyNames } from '../options/schema.js';
import { strategyTexts } from '../strategies/catalog.js';
import { helpFor } from './experiment-options.js';

const base = new Help();
const NAME_WIDTH = Math.max(...strategyNames.map((name) => name.length));

/** `run --help` lists the strategies; `run lfd --help` tells what lfd does, with the options it has, its own first. */
export function addStrategyHelp(command: Command): void {
  command.configureHelp({
    commandDescription(cmd) {
      const strategy = named(cmd);
      if (strategy === undefined) return withStrategies(cmd);
      const { title, summary } = strategyTexts[strategy];
      return `${strategy}: ${title}\n\n${summary}`;
    },
    commandUsage(cmd) {
      const strategy = named(cmd);
      return strategy === undefined ? base.commandUsage(cmd) : `cl-torch run ${strategy} [options]`;
    },
    visibleArguments(cmd) {
      return named(cmd) === undefined ? base.visibleArguments(cmd) : [];
    },
    visibleOptions(cmd) {
      const strategy = named(cmd);
      const options = base.visibleOptions(cmd);
      return strategy === undefined ? options : options.filter((option) => belongs(option, strategy));
    },
    optionDescription(option) {
      const strategy = named(command);
      return (strategy && helpFor(strategy, option.attributeName())) ?? base.optionDescription(option);
    },
  });
}

/** Lists the strategies in a command's help. */
export function addStrategyList(command: Command): void {
  command.configureHelp({ commandDescription: withStrategies });
}

/** The strategy that stands on the command line, if it is a built-in one. */
function named(command: Command): StrategyName | undefined {
  return strategyNames.find((name) => name === (command.args[0] ?? command.getOptionValue('strategy')));
}

function belongs(option: Option, strategy: StrategyName): boolean {
  if (option.attributeName() === 'strategy') return false;
  const owners = strategiesWith(option.attributeName());
  return owners.length === 0 || owners.includes(strategy);
}

function withStrategies(command: Command): string {
  const lines = strategyNames.map((name) => `  ${name.padEnd(NAME_WIDTH)}  ${strategyTexts[name].title}`);
  const head = 'Strategies (cl-torch run lfd --help has the options of lfd):';
  return `${base.commandDescription(command)}\n\n${head}\n${lines.join('\n')}`;
}
