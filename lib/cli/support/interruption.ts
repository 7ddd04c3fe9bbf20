import '../../base/symbols.js';
import { constants } from 'node:os';
import { codeOf } from '../../base/errors.js';
import { outlivesTerminal } from './hangup.js';

/** Ctrl-C, a request to end, the terminal closed, Ctrl-\, the CPU time used up. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGXCPU'] as const;

type Cause = (typeof SIGNALS)[number] | 'SIGPIPE';

/** A person does not ask twice within this time, but npm passes on a Ctrl-C that the terminal delivers as well. */
const SAME_REQUEST_MS = 300;
/** What such a pair leaves the work to end by itself. */
const GRACE_MS = 2000;

/**
 * While it lives, Ctrl-C, SIGTERM, a terminal that closes, a reader that closed standard output and their like end the
 * work through `signal`; a second Ctrl-C or SIGTERM ends the process at once.
 */
export class Interruption {
  readonly #controller = new AbortController();
  #exitCode: number | undefined;
  #since = 0;
  readonly #outlivesTerminal = outlivesTerminal();

  constructor() {
    for (const name of SIGNALS) process.on(name, this.#onSignal);
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
    for (const name of SIGNALS) process.off(name, this.#onSignal);
    process.stdout.off('error', this.#onOutputError);
  }

  readonly #onSignal = (name: NodeJS.Signals): void => {
    const cause = SIGNALS.find((known) => known === name);
    if (cause && !(cause === 'SIGHUP' && this.#outlivesTerminal)) this.#interrupt(cause);
  };

  /** The terminal that went away, where it was one, says so by its signal, too; it need not be told first. */
  readonly #onOutputError = (error: Error): void => {
    if (this.signal.aborted) return;
    if (codeOf(error) === 'EPIPE') this.#interrupt('SIGPIPE');
    if (isTerminalGone(error) && !this.#outlivesTerminal) this.#interrupt('SIGHUP');
  };

  #interrupt(cause: Cause): void {
    const code = 128 + constants.signals[cause];
    if (this.signal.aborted) {
      this.#again(cause, code);
      return;
    }
    this.#exitCode = code;
    this.#since = performance.now();
    this.#controller.abort();
  }

  /** A closing terminal is told of by the system and by the shell: no reason to leave anything half done. */
  #again(cause: Cause, code: number): void {
    if (cause === 'SIGHUP') return;
    if (performance.now() - this.#since > SAME_REQUEST_MS) process.exit(code);
    setTimeout(() => process.exit(code), GRACE_MS).unref();
  }
}

/** Whether writing failed because standard output's terminal was closed. */
export function isTerminalGone(error: unknown): boolean {
  return codeOf(error) === 'EIO' && process.stdout.isTTY;
}
