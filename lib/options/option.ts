import { z } from 'zod';

/** How the command line writes a value: as it is, as a number where it is one, or as numbers `a,b,c`. */
export type TextForm = 'text' | 'number' | 'numbers';

/** A set of values that an option may take. */
export interface Kind<Value> {
  readonly schema: z.ZodType<Value, Value>;
  /** The same in words, to follow "expected". */
  readonly expected: string;
  readonly form: TextForm;
  /** Stands for the value in the help: `--tasks N`. */
  readonly placeholder: string;
}

/** An option of an experiment as help and error texts show it. */
export interface OptionDescription extends Omit<Kind<unknown>, 'schema'> {
  readonly key: string;
  /** Long flag, such as `--batch-size`. */
  readonly flag: string;
  /** One line, with the unit. */
  readonly description: string;
  /** Value when it is left out; undefined when there is none. */
  readonly defaultValue: unknown;
}

/** The schema of an option. `undefined` counts as left out. */
export type OptionSchema<Value> = z.ZodType<Value, Value | undefined>;

/** The schemas of a set of options; it can miss none and have no other. */
export type OptionSchemas<Options> = { readonly [Key in keyof Options]-?: OptionSchema<Options[Key]> };

const texts = z.registry<Omit<OptionDescription, 'key' | 'flag'>>();

/** An option that takes `defaultValue` when it is left out. */
export function withDefault<Value>(
  { schema, ...kind }: Kind<Value>,
  defaultValue: NoInfer<Value>,
  description: string,
): OptionSchema<Value> {
  const option = schema.prefault(defaultValue);
  texts.add(option, { ...kind, defaultValue, description });
  return option;
}

/** An option that must be given. */
export function required<Value>({ schema, ...kind }: Kind<Value>, description: string): OptionSchema<Value> {
  const option = schema.meta({});
  texts.add(option, { ...kind, defaultValue: undefined, description });
  return option;
}

/** An option that may be left out. */
export function optional<Value>(
  { schema, ...kind }: Kind<Value>,
  description: string,
): OptionSchema<Value | undefined> {
  const option = schema.optional();
  texts.add(option, { ...kind, defaultValue: undefined, description });
  return option;
}

/** The options among the keys of an object schema, in order. */
export function describe(shape: Readonly<Record<string, z.core.$ZodType>>): OptionDescription[] {
  return Object.entries(shape).flatMap(([key, schema]) => {
    const text = texts.get(schema);
    return text ? [{ key, flag: flagOf(key), ...text }] : [];
  });
}

function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
