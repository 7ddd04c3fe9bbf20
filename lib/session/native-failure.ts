import { object, readProperty, refused } from '../base/arguments.js';
import { ClTorchError, codeOf, isClTorchError, isErrorCode, messageOf } from '../base/errors.js';

/** What a synchronous call of the addon returns; its error becomes this package's own. */
export function attempt<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (isErrorCode(codeOf(error))) throw fromNative(error);
    throw refused(`The arguments cannot be read: ${messageOf(error)}.`, error);
  }
}

/**
 * These properties of an options object as they are now; the addon checks them.
 * @throws {ClTorchError} INVALID_ARGUMENT for what is no object or cannot be read.
 */
export function readAll(call: string, options: unknown, keys: readonly string[]): Record<string, unknown> {
  const given = object(options, `${call}: the options`);
  const values = keys.map((key) => [key, readProperty(given, key, `${call}: ${key}`)] as const);
  return Object.fromEntries(
    values
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, Array.isArray(value) ? [...value] : value]),
  );
}

/** An error of the addon as this package's own. */
export function fromNative(error: unknown): ClTorchError {
  if (isClTorchError(error)) return error;
  const code = codeOf(error);
  return new ClTorchError(isErrorCode(code) ? code : 'INTERNAL', messageOf(error), { cause: error });
}
