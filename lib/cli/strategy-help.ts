import { type Command, Help, type Option } from 'commander';
import { describeOptions } from '../config/parse.js';
import { strategies, strategyNamed, strategyNames } from '../strategies/index.js';
import type { StrategyDefinition } from '../training/definition.js';
import { helpFor } from './experiment-options.js';
import { entriesOf, type OwnDefinitions } from './own-definitions.js';

const base = new Help();
const NAME_WIDTH = Math.max(...strategyNames.map((name) => name.length));

/** `run --help` lists the strategies; `run lfd --help` tells what lfd does, with the options it has, its own first. */
export function addStrategyHelp(command: Command, own: OwnDefinitions): void {
  const word = (): string | undefined =>
    command.args.find((arg) => !arg.startsWith('-')) ?? command.getOptionValue('strategy');
  /** The strategy that stands on the command line. */
  const named = (): StrategyDefinition | undefined =>
    strategyNamed(word()) ?? own.strategies.get(word() ?? '');
  const descriptions = describeOptions(entriesOf(own));
  const belongs = (option: Option, { options = {} }: StrategyDefinition): boolean => {
    const key = option.attributeName();
    if (key === 'strategy') return false;
    const described = descriptions.find((each) => each.key === key);
    return Object.hasOwn(options, key) || !described?.isOfStrategy;
  };
  command.configureHelp({
    commandDescription(cmd) {
      const strategy = named();
      return strategy === undefined ? withStrategies(cmd) : textOf(strategy);
    },
    commandUsage(cmd) {
      const strategy = named();
      if (strategy === undefined) return base.commandUsage(cmd);
      const words = strategyNamed(strategy.name) ? strategy.name : `--strategy ${word()}`;
      return `cl-torch run ${words} [options]`;
    },
    visibleArguments(cmd) {
      return named() === undefined ? base.visibleArguments(cmd) : [];
    },
    visibleOptions(cmd) {
      const strategy = named();
      const options = base.visibleOptions(cmd);
      return strategy === undefined ? options : options.filter((option) => belongs(option, strategy));
    },
    optionDescription(option) {
      const strategy = named();
      return (strategy && helpFor(strategy, option.attributeName())) ?? base.optionDescription(option);
    },
  });
}

/** Lists the strategies in a command's help. */
export function addStrategyList(command: Command): void {
  command.configureHelp({ commandDescription: withStrategies });
}

function textOf({ name, title, summary }: StrategyDefinition): string {
  const head = title === undefined ? name : `${name}: ${title}`;
  return summary === undefined ? head : `${head}\n\n${summary}`;
}

function withStrategies(command: Command): string {
  const lines = strategies.map(({ name, title }) => `  ${name.padEnd(NAME_WIDTH)}  ${title}`);
  const head = 'Strategies (cl-torch run lfd --help has the options of lfd):';
  return `${base.commandDescription(command)}\n\n${head}\n${lines.join('\n')}`;
}
