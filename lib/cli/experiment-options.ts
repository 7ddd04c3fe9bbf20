import { type Command, Option } from 'commander';
import { ClTorchError } from '../base/errors.js';
import { describeOwn, type OwnedDescription } from '../config/describe.js';
import { describeOptions } from '../config/parse.js';
import type { Definition } from '../options/definition.js';
import { valueOfText } from '../options/from-text.js';
import type { OptionDescription } from '../options/option.js';
import { entriesOf, type OwnDefinitions } from './own-definitions.js';

/** The flags that a command adds to an experiment's options belong to this group. */
const OUTPUT = 'Output';

/** Flags of the commands themselves, which no option of a caller's own can have. */
const TAKEN: readonly string[] = [
  '--at-once',
  '--config',
  '--events',
  '--force',
  '--help',
  '--joint',
  '--json',
  '--no-joint',
  '--quiet',
  '--seeds',
  '--tensorboard',
];

/**
 * Adds a flag for each key of the configuration, in groups: those of single strategies first. The flags added afterwards
 * belong to the output.
 *
 * @throws {ClTorchError} CONFIG_INVALID when an option of the caller's own has the flag of a command.
 */
export function addExperimentOptions(
  command: Command,
  own: OwnDefinitions,
  without: readonly string[] = [],
): void {
  requireFree(own);
  const descriptions = describeOptions(entriesOf(own)).filter(({ key }) => !without.includes(key));
  const groups = new Set(descriptions.map(groupOf));
  for (const group of groups) {
    for (const option of descriptions.filter((each) => groupOf(each) === group)) {
      command.addOption(optionFor(option, headingOf(group, option)));
    }
  }
  command.optionsGroup(`${OUTPUT}:`);
}

/** Adds flags for these keys of the configuration alone; one that is not given has no value. */
export function addSomeOptions(command: Command, keys: readonly string[], heading: string): void {
  for (const option of describeOptions().filter(({ key }) => keys.includes(key))) {
    command.addOption(optionFor(option, heading));
  }
}

function groupOf({ group = 'Options' }: OptionDescription): string {
  return group;
}

/** Such as `Memory and rehearsal (of er, lfd):`. */
function headingOf(group: string, { owners }: OwnedDescription): string {
  return owners.length > 0 ? `${group} (of ${owners.join(', ')}):` : `${group}:`;
}

export function optionFor(option: OwnedDescription, heading: string): Option {
  const others = option.otherDefaults.map(({ name, defaultValue }) => `, of ${name} ${defaultValue}`);
  return new Option(`${option.flag} <${option.placeholder}>`, helpOf(option, others.join('')))
    .argParser((text) => valueOfText(option.form, text))
    .helpGroup(heading);
}

/** What help says of a flag where the strategy is known: its own default. Undefined for a flag of another strategy. */
export function helpFor(strategy: Definition, key: string): string | undefined {
  const own = describeOwn(strategy).find((option) => option.key === key);
  return own && helpOf(own);
}

function helpOf(
  { description, expected, defaultValue, aliases = [] }: OptionDescription,
  others = '',
): string {
  const standard = defaultValue === undefined ? '' : `; default ${defaultValue}${others}`;
  const names = aliases.slice(0, 2).map((name) => `--${name}`);
  const also = names.length === 0 ? '' : `; also ${names.join(', ')}`;
  return `${description} (${expected}${standard}${also})`;
}

function requireFree({ strategies, benchmarks }: OwnDefinitions): void {
  for (const [file, definition] of [...strategies, ...benchmarks]) {
    const taken = describeOwn(definition).find(({ flag }) => TAKEN.includes(flag));
    if (taken === undefined) continue;
    throw new ClTorchError(
      'CONFIG_INVALID',
      `'${file}' has an option ${taken.key}, and ${taken.flag} is a flag of the command. Name the option otherwise.`,
    );
  }
}
