import type { OptionDescription } from '../options/option.js';

const seeds = '--seeds N runs that many seeds';
const unnamed = 'the strategy is named without a flag, as in cl-torch run er';

/** What to write in place of names of the field for which no single option is what to look at. */
const advice: Readonly<Record<string, string>> = {
  method: unnamed,
  algorithm: unnamed,
  'n-seeds': seeds,
  'num-seeds': seeds,
  runs: seeds,
  'n-runs': seeds,
  verbose: 'progress is shown unless --quiet is given; --events FILE keeps every event',
};

/**
 * The option that a name stands for: one of its own, however its words are joined, or one of the field; `num_tasks` and
 * `numTasks` are read as `num-tasks`.
 */
export function optionForAlias<Of extends OptionDescription>(
  name: string,
  options: readonly Of[],
): Of | undefined {
  const known = hyphenated(name);
  const own = options.find(({ flag }) => flag === `--${known}`);
  return own ?? options.find(({ aliases }) => aliases?.includes(known));
}

/** What to write in the place of a name that is none here; undefined for one that nothing is known of. */
export function adviceFor(name: string, options: readonly OptionDescription[]): string | undefined {
  const known = hyphenated(name);
  if (Object.hasOwn(advice, known)) return advice[known];
  const all = options.flatMap(({ insteadOf }) => insteadOf ?? []);
  return all.find(({ names }) => names.includes(known))?.text;
}

function hyphenated(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('_', '-');
}
