import { buildAddon } from '../../setup/addon/index.js';
import { reportFailure } from '../support/failure.js';
import { Interruption } from '../support/interruption.js';

export interface BuildFlags {
  readonly force?: boolean;
}

/** `cl-torch build`. Returns the exit code. */
export async function build({ force = false }: BuildFlags): Promise<number> {
  using interruption = new Interruption();
  try {
    await buildAddon({ force, signal: interruption.signal });
    return 0;
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
    reportFailure(error);
    return interruption.exitCode;
  }
}
