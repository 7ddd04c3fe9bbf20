import { CommanderError } from 'commander';
import { codeOf } from '../base/errors.js';
import { outputFailed } from '../files/index.js';
import { withKnownNames } from './aliases.js';
import { ownDefinitions } from './own-definitions.js';
import { createProgram } from './program.js';
import { reportFailure } from './support/failure.js';
import { outlivesTerminal } from './support/hangup.js';
import { isTerminalGone } from './support/interruption.js';

const WRONG_USAGE = 2;

/**
 * Runs the command line and sets the process's exit code: 0 done, 1 failed, 2 wrong usage or configuration,
 * 3 ended because the training diverged, 128 + n ended by signal n.
 *
 * @param argv - As `process.argv`.
 */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  tolerateOutputsThatClose();
  if (outlivesTerminal()) process.on('SIGHUP', () => {});
  try {
    const own = await ownDefinitions(argv);
    await createProgram(own).parseAsync(withKnownNames(argv, own));
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE; // commander has printed the text
    } else {
      reportFailure(error);
      process.exitCode = codeOf(error) === 'CONFIG_INVALID' ? WRONG_USAGE : 1;
    }
  }
}

/** The reader of a pipe may leave early (`| head`), a terminal may be closed; without a listener Node would print a stack. */
function tolerateOutputsThatClose(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error) => {
    if (codeOf(error) === 'EPIPE' || isTerminalGone(error)) return;
    reportFailure(
      outputFailed(error, { what: 'Cannot write to standard output', elsewhere: 'send it elsewhere' }),
    );
    process.exitCode = 1;
  });
}
