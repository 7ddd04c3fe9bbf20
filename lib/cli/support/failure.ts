import { inspect } from 'node:util';
import { isClTorchError, messageOf } from '../../base/errors.js';
import { colorsFor } from './terminal.js';

/** Prints `error: message [CODE]` on standard error; with CL_TORCH_DEBUG=1 the stack and the causes as well. */
export function reportFailure(error: unknown): void {
  const { red } = colorsFor(process.stderr);
  const code = isClTorchError(error) ? ` [${error.code}]` : '';
  process.stderr.write(`${red('error:')} ${messageOf(error)}${code}\n`);
  if (process.env.CL_TORCH_DEBUG === '1') process.stderr.write(`${inspect(error)}\n`);
}
