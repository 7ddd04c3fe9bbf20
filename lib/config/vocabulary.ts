import type { Definition } from '../options/definition.js';
import type { Option, OptionSchemas } from '../options/option.js';

/** A registry that a configuration names an entry of. */
export interface Choice {
  readonly key: 'strategy' | 'benchmark' | 'network';
  readonly entries: readonly Definition[];
  /** Finds an entry by its name; among {@link entries} where it is not given. */
  readonly find?: (name: unknown) => Definition | undefined;
  /** What is wrong with a name that no entry has; undefined where nothing more is known than that. */
  readonly explain?: (name: unknown) => string | undefined;
  /** As which the first entry may be left out; a choice without it must be made. */
  readonly option?: Option<string>;
  /** Checks an entry of the caller's own, given in the place of a name; undefined where none may be given. */
  readonly read?: (own: never) => Definition;
}

/** What a configuration may hold in one use of the package, and how its users know it. */
export interface Vocabulary<Common> {
  readonly choices: readonly Choice[];
  /** The options beside those of the chosen entries. */
  readonly common: OptionSchemas<Common>;
  /** Whether an option is a flag of the command line, too. */
  readonly flags: boolean;
}
