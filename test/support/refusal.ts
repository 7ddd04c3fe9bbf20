import { ClTorchError } from '../../lib/base/errors.js';
import { parseConfig } from '../../lib/config/parse.js';

/** The text with which a configuration is refused. */
export function refusal(input: unknown): string {
  try {
    parseConfig(input);
  } catch (error) {
    if (error instanceof ClTorchError && error.code === 'CONFIG_INVALID') return error.message;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}

/** What a call throws, which must be an error of this package. */
export function errorOf(call: () => unknown): ClTorchError {
  try {
    call();
  } catch (error) {
    if (error instanceof ClTorchError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}
