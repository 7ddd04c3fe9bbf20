import { ClTorchError } from '../base/errors.js';
import { adviceFor, optionForAlias } from '../config/advice.js';
import { describeOptions } from '../config/parse.js';
import { slurmOptions } from '../sweep/slurm/options.js';
import { entriesOf, NONE, type OwnDefinitions } from './own-definitions.js';

/** The commands that take an experiment's options, or some of them. */
const COMMANDS: readonly string[] = ['run', 'compare', 'sweep', 'bench'];
/** Flags of these commands beside an experiment's options. */
const OTHERS: readonly string[] = ['seeds', 'config', 'events', 'strategy'];
/** Those of one of them alone. */
const OF_ONE: Readonly<Record<string, readonly string[]>> = {
  sweep: Object.keys(slurmOptions),
  bench: ['examples', 'images', 'python', 'reference', 'repeats', 'sweep'],
};

/**
 * The command line with other programs' names of options replaced by those here: `--lr 0.01` becomes `--learning-rate 0.01`.
 *
 * @throws {ClTorchError} CONFIG_INVALID for a well-known name that has no such option here, with what to write instead, and
 *   for an option whose value was forgotten: the next flag would be taken for it.
 */
export function withKnownNames(argv: readonly string[], own: OwnDefinitions = NONE): string[] {
  if (!COMMANDS.includes(argv[2] ?? '')) return [...argv];
  const end = argv.indexOf('--');
  const flags = describeOptions(entriesOf(own));
  const others = [...OTHERS, ...(OF_ONE[argv[2] ?? ''] ?? [])];
  const words = argv.map((word, i) => {
    const [, name, value = ''] = /^--([a-zA-Z][\w-]*)(=.*)?$/s.exec(word) ?? [];
    const isFlag = name !== undefined && i > 2 && (end < 0 || i < end);
    if (!isFlag || others.includes(name) || flags.some(({ flag }) => flag === `--${name}`)) return word;
    const meant = optionForAlias(name, flags);
    if (meant) return `${meant.flag}${value}`;
    const advice = adviceFor(name, flags);
    if (advice === undefined) return word;
    throw new ClTorchError('CONFIG_INVALID', `There is no option --${name}: ${advice}.`);
  });
  for (const [i, word] of words.entries()) {
    const next = words[i + 1];
    const takesValue = i > 2 && (end < 0 || i + 1 < end) && flags.some(({ flag }) => flag === word);
    if (!takesValue || next === undefined || !/^--[a-zA-Z]/.test(next)) continue;
    throw new ClTorchError('CONFIG_INVALID', `The option ${word} needs a value; what follows it is ${next}.`);
  }
  return words;
}
