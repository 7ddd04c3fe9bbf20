import { columnsOf, rowsOf } from '../../base/terminal-size.js';
import { isInForeground } from './foreground.js';

/** Gives the text, of lines shorter than `columns` characters. */
export type Render = (columns: number) => string;

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
/** A terminal that knows these shows what is between them at once. */
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';
const ERASE_LINE_END = '\u001b[K';
const ERASE_BELOW = '\u001b[J';
/** Erases this line and all below; in two steps, because tmux keeps what is erased from a screen's first line on. */
const ERASE_FROM_HERE = `\r\u001b7${ERASE_LINE_END}\u001b[B${ERASE_BELOW}\u001b8`;

/**
 * Text at the foot of the terminal, on standard error, that each `show` replaces; it follows a change of the width.
 *
 * The cursor waits at the text's beginning, where log-update and its like leave it at the end. When a terminal gets
 * narrower, it breaks each line that is too long now into several, and some tell the program only a while later: to
 * erase upwards, one would have to know into how many. From the beginning, everything below is erased.
 *
 * While the process is stopped (Ctrl-Z) or in the background, the screen and its cursor are the shell's.
 */
export class LiveText {
  #render: Render | undefined;
  #isShown = false;

  constructor() {
    process.stderr.on('resize', this.#draw);
    process.on('exit', this.#release);
    process.on('SIGTSTP', this.#suspend).on('SIGCONT', this.#draw);
  }

  show(render: Render): void {
    this.#render = render;
    this.#draw();
  }

  /** Lets `write` print lines that stay, above the text. */
  above(write: () => void): void {
    if (this.#isShown) process.stderr.write(ERASE_FROM_HERE);
    write();
    this.#draw();
  }

  /** Takes the text away and gives the cursor back. */
  end(): void {
    process.stderr.off('resize', this.#draw);
    process.off('exit', this.#release);
    process.off('SIGTSTP', this.#suspend).off('SIGCONT', this.#draw);
    this.#release();
    this.#render = undefined;
  }

  /**
   * What is there goes first, because a terminal remembers which of its lines it has broken; in one piece with the rest,
   * nothing flickers. A line that is too long is cut off, not broken.
   */
  readonly #draw = (): void => {
    if (!this.#render || !isInForeground()) return;
    const lines = this.#render(columnsOf(process.stderr) - 1)
      .split('\n')
      .slice(-rowsOf(process.stderr));
    const back = lines.length > 1 ? `\u001b[${lines.length - 1}A\r` : '\r';
    const frame = `${ERASE_FROM_HERE}${NO_WRAP}${lines.join('\n')}${WRAP}${back}`;
    this.#isShown = true;
    process.stderr.write(`${BEGIN}${HIDE_CURSOR}${frame}${END}`);
  };

  readonly #release = (): void => {
    if (this.#isShown) process.stderr.write(`${ERASE_FROM_HERE}${SHOW_CURSOR}`);
    this.#isShown = false;
  };

  /** Ctrl-Z: without this listener the signal does what it does by itself, and returns when the process goes on. */
  readonly #suspend = (): void => {
    this.#release();
    process.off('SIGTSTP', this.#suspend);
    process.kill(process.pid, 'SIGTSTP');
    process.on('SIGTSTP', this.#suspend);
    this.#draw();
  };
}
