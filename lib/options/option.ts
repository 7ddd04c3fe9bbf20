import type { z } from 'zod';

/** How the command line writes a value: as it is, as a number where it is one, as numbers `a,b,c`, or as a word or numbers. */
export type TextForm = 'text' | 'number' | 'numbers' | 'word or numbers';

/** A set of values that an option may take. */
export interface Kind<Value> {
  readonly schema: z.ZodType<Value, Value>;
  /** The same in words, to follow "expected". */
  readonly expected: string;
  readonly form: TextForm;
  /** Stands for the value in the help: `--tasks N`. */
  readonly placeholder: string;
}

/** Names that other programs of the field use with another meaning, and what to write in their place. */
export interface Advice {
  readonly names: readonly string[];
  readonly text: string;
}

/** What may be said of an option beside its values. */
export interface OptionDetails {
  /** Heading under which help lists the option. */
  readonly group?: string | undefined;
  /** Names, as flags without hyphens, under which other programs of the field have it with the same meaning and values. */
  readonly aliases?: readonly string[] | undefined;
  /** Whether each entry that has it means its own by it, so that strategies which have it cannot be joined by `+`. */
  readonly isOwn?: boolean | undefined;
  /** Well-known names that are no option here, and for which this one is what to look at. */
  readonly insteadOf?: readonly Advice[] | undefined;
}

/** An option: its values, its default and its texts. Plain data; {@link withDefault} and its like make one. */
export interface Option<Value> extends Omit<Kind<Value>, 'schema'>, OptionDetails {
  /** Checks a value and fills in the default; `undefined` counts as left out. */
  readonly schema: z.ZodType<Value, Value | undefined>;
  /** One line, with the unit. */
  readonly description: string;
  /** Value when it is left out; undefined when there is none. */
  readonly defaultValue: unknown;
}

/** A set of options; it can miss none of `Options` and have no other. */
export type OptionSchemas<Options> = { readonly [Key in keyof Options]-?: Option<Options[Key]> };

/** A set of options whose names are not known to the compiler. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** An option as help and error texts show it. */
export interface OptionDescription extends Omit<Option<unknown>, 'schema'> {
  readonly key: string;
  /** Long flag, such as `--batch-size`. */
  readonly flag: string;
}

/** An option that takes `defaultValue` when it is left out. */
export function withDefault<Value>(
  { schema, ...kind }: Kind<Value>,
  defaultValue: NoInfer<Value>,
  description: string,
  details: OptionDetails = {},
): Option<Value> {
  return { ...kind, ...details, schema: schema.prefault(defaultValue), defaultValue, description };
}

/** An option that must be given. */
export function required<Value>({ schema, ...kind }: Kind<Value>, description: string): Option<Value> {
  return { ...kind, schema: schema as Option<Value>['schema'], defaultValue: undefined, description };
}

/** An option that may be left out. */
export function optional<Value>(
  { schema, ...kind }: Kind<Value>,
  description: string,
  details: OptionDetails = {},
): Option<Value | undefined> {
  return { ...kind, ...details, schema: schema.optional(), defaultValue: undefined, description };
}

/** An option that takes what another one's choice brings when it is left out; the check of a configuration fills it in. */
export function chosen<Value>(
  { schema, ...kind }: Kind<Value>,
  description: string,
  details: OptionDetails = {},
): Option<Value> {
  return {
    ...kind,
    ...details,
    schema: schema.optional() as unknown as Option<Value>['schema'],
    defaultValue: undefined,
    description,
  };
}

/** The same options, each in this group of the help unless it names one itself. */
export function inGroup<Options extends object>(group: string, options: Options): Options {
  const entries = Object.entries(options).map(([key, option]) => [key, { group, ...option }]);
  return Object.fromEntries(entries) as Options;
}

/** The options of a set, in order. */
export function describe(options: object): OptionDescription[] {
  return Object.entries(options as OptionTable).map(([key, { schema: _, ...option }]) => ({
    key,
    flag: flagOf(key),
    ...option,
  }));
}

function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
