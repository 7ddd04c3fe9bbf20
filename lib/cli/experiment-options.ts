import { type Command, Option } from 'commander';
import { aliasesOf } from '../options/aliases.js';
import { groupOf, type OptionGroup } from '../options/groups.js';
import type { OptionDescription } from '../options/option.js';
import { describeOptions, describeOptionsOf, type StrategyName, strategiesWith } from '../options/schema.js';

/** In this order, those of single strategies first. */
const GROUPS: readonly OptionGroup[] = [
  'Less-forgetting direction',
  'Equilibrium point',
  'Memory and rehearsal',
  'Tasks and data',
  'Network and training',
  'Machine',
  'Output',
];
const OUTPUT: OptionGroup = 'Output';

/** Adds a flag for each key of the configuration, in groups. The flags added afterwards belong to the output. */
export function addExperimentOptions(command: Command, without: readonly string[] = []): void {
  const descriptions = describeOptions();
  for (const group of GROUPS) {
    for (const option of descriptions.filter(({ key }) => groupOf(key) === group && !without.includes(key))) {
      command.addOption(optionFor(option, headingOf(group, option.key)));
    }
  }
  command.optionsGroup(`${OUTPUT}:`);
}

/** Such as `Equilibrium point (of lfd, er+lfd):`. */
function headingOf(group: OptionGroup, key: string): string {
  const owners = strategiesWith(key);
  return owners.length > 0 ? `${group} (of ${owners.join(', ')}):` : `${group}:`;
}

function optionFor(option: OptionDescription, heading: string): Option {
  return new Option(`${option.flag} <${option.placeholder}>`, helpOf(option))
    .argParser((text) => read(option, text))
    .helpGroup(heading);
}

/** What help says of a flag where the strategy is known: its own default. Undefined for a flag of another strategy. */
export function helpFor(strategy: StrategyName, key: string): string | undefined {
  const own = describeOptionsOf(strategy).find((option) => option.key === key);
  return own && helpOf(own);
}

function helpOf({ key, description, expected, defaultValue }: OptionDescription): string {
  const standard = defaultValue === undefined ? '' : `; default ${defaultValue}`;
  const others = aliasesOf(key).map((name) => `--${name}`);
  const also = others.length === 0 ? '' : `; also ${others.slice(0, 2).join(', ')}`;
  return `${description} (${expected}${standard}${also})`;
}

/** The value that a text stands for. What is no number stays text: the configuration's check then names it. */
function read({ form }: OptionDescription, text: string): unknown {
  if (form === 'text') return text;
  return form === 'number' ? numberOrText(text) : text.split(',').map(numberOrText);
}

function numberOrText(text: string): number | string {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  const isRounded = /^\s*\d+\s*$/.test(text) && !Number.isSafeInteger(number); // another one would be used, and told
  return Number.isNaN(number) || isRounded ? text : number;
}
