import { type ClTorchError, isClTorchError, messageOf } from '../base/errors.js';
import { shown } from '../base/values.js';
import type { OptionTable } from './option.js';

/** What every entry of a registry has: a caller's own, too. */
export interface Definition {
  readonly name: string;
  readonly options?: object | undefined;
}

const NAME = /^[\w.+-]{1,60}$/;
const KEY = /^[a-z][a-zA-Z0-9]*$/;

/**
 * The parts of a caller's own definition, each read once: what becomes of the caller's object afterwards changes nothing.
 * Refuses a misspelt one: it would never be looked at.
 * @param parts - What there may be.
 */
export function readParts<Own extends object>(
  own: Own,
  parts: readonly (keyof Own & string)[],
  refuse: (problem: string) => ClTorchError,
): Own {
  try {
    const known: readonly string[] = parts;
    const unknown = Object.keys(own).filter((key) => !known.includes(key));
    if (unknown.length > 0)
      throw refuse(`it has ${unknown.join(', ')}, which is no part of one: ${parts.join(', ')}`);
    return Object.fromEntries(parts.map((part) => [part, own[part]])) as Own;
  } catch (error) {
    if (isClTorchError(error)) throw error;
    throw refuse(`it cannot be read: ${messageOf(error)}`);
  }
}

/**
 * Checks the name and the options of a caller's own definition.
 * @param builtIn - Names that are taken.
 * @param refuse - Makes the error of a problem.
 */
export function requireDefinition(
  { name, options }: Definition,
  builtIn: readonly string[],
  refuse: (problem: string) => ClTorchError,
): void {
  if (typeof name !== 'string' || !NAME.test(name) || builtIn.includes(name)) {
    throw refuse(`name must be 1 to 60 letters, digits or . _ + -, and none of ${builtIn.join(', ')}`);
  }
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw refuse(`options must be an object with an option for each key; found ${shown(options)}`);
  }
  for (const [key, option] of Object.entries(options as OptionTable)) {
    if (!KEY.test(key))
      throw refuse(`its option ${shown(key)} must be named in letters and digits, such as ewcLambda`);
    if (typeof option?.schema?.safeParse !== 'function' || typeof option.description !== 'string') {
      throw refuse(
        `its option ${key} must be made by option.withDefault or option.optional; found ${shown(option)}`,
      );
    }
  }
}
