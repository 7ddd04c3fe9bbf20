import { ClTorchError, isClTorchError, messageOf } from './errors.js';
import { nearest } from './nearest.js';
import { absolute } from './paths.js';
import { shown } from './values.js';

/** Checks a value that a caller gave and returns it in the form in which it is used; `name` is for messages. */
export type Reader<Value> = (value: unknown, name: string) => Value;

/** How each option of a call is read. */
export type Readers<Options> = { readonly [Key in keyof Options]-?: Reader<Options[Key]> };

/**
 * The options of a public call, each read once, when it is made: what becomes of the caller's object afterwards changes
 * nothing. An option that is undefined counts as left out.
 *
 * @param call - Names the call in messages, such as `learn`.
 * @throws {ClTorchError} INVALID_ARGUMENT for what is no object, cannot be read, has an option that the call does not know,
 * or is refused by its reader.
 */
export function settle<Options extends object>(
  call: string,
  given: unknown,
  readers: Readers<Options>,
): Options {
  if (given !== undefined && (typeof given !== 'object' || given === null)) {
    throw refused(`${call}: the options must be an object; found ${shown(given)}.`);
  }
  requireKnown(call, given, Object.keys(readers));
  const entries = Object.entries<Reader<unknown>>(readers).map(([key, read]) => {
    const name = `${call}: ${key}`;
    return [key, read(given && readProperty(given, key, name), name)];
  });
  return Object.fromEntries(entries) as Options;
}

/** A misspelt option would silently change nothing. */
function requireKnown(call: string, given: object | undefined, known: readonly string[]): void {
  const names = given === undefined ? [] : reading(call, () => Object.keys(given));
  for (const name of names.filter((key) => !known.includes(key))) {
    if (readProperty(given as object, name, `${call}: ${name}`) === undefined) continue;
    const meant = nearest(name, known);
    throw refused(
      `${call}: there is no option ${shown(name)}; ` +
        (meant === undefined ? `the options are ${known.join(', ')}.` : `did you mean ${meant}?`),
    );
  }
}

/** @throws {ClTorchError} INVALID_ARGUMENT when the property cannot be read. */
export function readProperty(value: object, key: PropertyKey, name: string = String(key)): unknown {
  return reading(name, () => (value as Record<PropertyKey, unknown>)[key]);
}

/** A reader that lets undefined pass. */
export function optional<Value>(read: Reader<Value>): Reader<Value | undefined> {
  return (value, name) => (value === undefined ? undefined : read(value, name));
}

export const flag: Reader<boolean> = (value, name) => {
  if (typeof value === 'boolean') return value;
  throw refused(`${name} must be true or false; found ${shown(value)}.`);
};

/** What may be called as the options' types say; what a callback gets and returns is not looked at. */
export function callback<Call extends (...values: never[]) => unknown>(value: unknown, name: string): Call {
  if (typeof value === 'function') return value as Call;
  throw refused(`${name} must be a function; found ${shown(value)}.`);
}

/** A path, made absolute: a later change of the current directory does not move it. */
export const path: Reader<string> = (value, name) => {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return absolute(value);
  throw refused(`${name} must be a path, as a string; found ${shown(value)}.`);
};

export const object: Reader<object> = (value, name) => {
  if (typeof value === 'object' && value !== null) return value;
  throw refused(`${name} must be an object; found ${shown(value)}.`);
};

/**
 * Runs what reads a caller's values, so that what it stumbles over in them becomes an error of this package.
 * @throws {ClTorchError} INVALID_ARGUMENT.
 */
export function reading<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isClTorchError(error)) throw error;
    throw refused(`${name} cannot be read: ${messageOf(error)}.`, error);
  }
}

/** An AbortSignal, of Node or of another implementation, such as jsdom's. */
export const abortSignal: Reader<AbortSignal> = (value, name) => {
  const signal = object(value, name);
  const isSignal =
    typeof readProperty(signal, 'aborted', name) === 'boolean' &&
    typeof readProperty(signal, 'addEventListener', name) === 'function' &&
    typeof readProperty(signal, 'removeEventListener', name) === 'function';
  if (isSignal) return signal as AbortSignal;
  throw refused(`${name} must be an AbortSignal; found ${shown(value)}.`);
};

/** The error of a call that was given what it cannot take. */
export function refused(message: string, cause?: unknown): ClTorchError {
  return new ClTorchError('INVALID_ARGUMENT', message, cause === undefined ? undefined : { cause });
}
