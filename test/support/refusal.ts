import { parseConfig } from '../../lib/config/parse.js';
import { ClTorchError } from '../../lib/errors.js';

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
