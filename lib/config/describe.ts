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
 * Every option of every entry: those of some strategies first. Of one that several entries have, the first one's texts are
 * told.
 *
 * @param custom - Their options come first, and count where another has the same name.
 */
export function describeAll<Common>(
  { choices, common }: Vocabulary<Common>,
  custom: CustomEntries = {},
): OwnedDescription[] {
  const all = choices.flatMap(({ key, option, entries }) => [
    ...(option ? describe({ [key]: option }).map(everyones) : []),
    ...owned(key, entries, custom[key] ?? []),
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

function owned(
  choice: Choice['key'],
  entries: readonly Definition[],
  custom: readonly Definition[],
): OwnedDescription[] {
  const all = [...custom, ...entries];
  const tables = all.map(({ options }) => options ?? {});
  // Twice: the first time for the order, the second for the first one's texts.
  return describe(Object.assign({}, ...tables, ...tables.toReversed())).map((option) => {
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
