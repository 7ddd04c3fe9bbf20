import { isDeepStrictEqual } from 'node:util';
import type { Definition } from '../options/definition.js';
import { describe, type OptionDescription, type OptionTable } from '../options/option.js';
import type { Choice, Vocabulary } from './vocabulary.js';

/** An option of any configuration, as help shows it. */
export interface OwnedDescription extends OptionDescription {
  /** Whether it is there by the choice of a strategy. */
  readonly isOfStrategy: boolean;
  /** The entries that have it; none of one that every configuration has, or every entry of the registry. */
  readonly owners: readonly string[];
  /** Entries for which another default holds. */
  readonly otherDefaults: readonly { readonly name: string; readonly defaultValue: unknown }[];
}

/** Entries of the caller's own, by the choice that they are made in. */
export type CustomEntries = { readonly [Key in Choice['key']]?: readonly Definition[] };

/**
 * Every option of every entry: those of some strategies first. Of one that several entries have, the texts of the default
 * entry are told if it has it, and else the last one's.
 *
 * @param custom - Their options come first, and count where another has the same name.
 */
export function describeAll<Common>(
  { choices, common }: Vocabulary<Common>,
  custom: CustomEntries = {},
): OwnedDescription[] {
  const all = choices.flatMap(({ key, option, entries }) => [
    ...(option ? describe({ [key]: option }).map(everyones) : []),
    ...owned(key, entries, custom[key] ?? [], option ? entries.slice(0, 1) : []),
  ]);
  // Where a caller's own option has the name of another one, the configuration's check says so.
  const keys = new Map([...all, ...describe(common).map(everyones)].map((option) => [option.key, option]));
  return [...keys.values()];
}

function everyones(option: OptionDescription): OwnedDescription {
  return { ...option, isOfStrategy: false, owners: [], otherDefaults: [] };
}

/** The options that an entry adds to the common ones, with its own defaults. */
export function describeOwn({ options }: Definition): OptionDescription[] {
  return describe(options ?? {});
}

/** @param told - Entries whose texts are told of an option that others have, too. */
function owned(
  choice: Choice['key'],
  entries: readonly Definition[],
  custom: readonly Definition[],
  told: readonly Definition[],
): OwnedDescription[] {
  const tables = [...custom, ...entries, ...told, ...custom].map(({ options }) => options ?? {});
  const all = [...custom, ...entries];
  return describe(Object.assign({}, ...tables)).map((option) => {
    const owners = all.filter(({ options }) => Object.hasOwn(options ?? {}, option.key));
    const others = owners.map((entry) => ({ name: entry.name, defaultValue: defaultOf(entry, option.key) }));
    return {
      ...option,
      isOfStrategy: choice === 'strategy',
      owners: owners.length === all.length ? [] : owners.map(({ name }) => name),
      otherDefaults: others.filter(
        ({ defaultValue }) => !isDeepStrictEqual(defaultValue, option.defaultValue),
      ),
    };
  });
}

function defaultOf({ options }: Definition, key: string): unknown {
  return (options as OptionTable)[key]?.defaultValue;
}
