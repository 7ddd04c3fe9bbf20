import { ClTorchError } from '../../base/errors.js';

/** The error of a sweep that is asked for and cannot be. */
export function refused(problem: string): ClTorchError {
  return new ClTorchError('CONFIG_INVALID', `This sweep cannot be made: ${problem}.`);
}
