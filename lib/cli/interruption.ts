import { constants } from 'node:os';
import { codeOf } from '../errors.js';

type Cause = 'SIGINT' | 'SIGTERM' | 'SIGPIPE';

/**
 * While it lives, Ctrl-C, SIGTERM and a reader that closed standard output end the work through `signal`;
 * a second Ctrl-C or SIGTERM ends the process at once.
 */
export class Interruption {
  readonly #controller = new AbortController();
  #exitCode: number | undefined;

  constructor() {
    process.on('SIGINT', this.#onSignal).on('SIGTERM', this.#onSignal);
    process.stdout.on('error', this.#onOutputError);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What a shell expects of a process ended by that signal; undefined as long as there was none. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  [Symbol.dispose](): void {
    process.off('SIGINT', this.#onSignal).off('SIGTERM', this.#onSignal);
    process.stdout.off('error', this.#onOutputError);
  }

  readonly #onSignal = (cause: NodeJS.Signals): void => {
    if (cause === 'SIGINT' || cause === 'SIGTERM') this.#interrupt(cause);
  };

  readonly #onOutputError = (error: Error): void => {
    if (codeOf(error) === 'EPIPE' && !this.signal.aborted) this.#interrupt('SIGPIPE');
  };

  #interrupt(cause: Cause): void {
    const code = 128 + constants.signals[cause];
    if (this.signal.aborted) process.exit(code);
    this.#exitCode = code;
    this.#controller.abort();
  }
}
