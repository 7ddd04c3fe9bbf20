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
 */
export class LiveText {
  #render: Render | undefined;

  constructor() {
    process.stderr.write(HIDE_CURSOR);
    process.stderr.on('resize', this.#draw);
    process.on('exit', this.#release);
  }

  show(render: Render): void {
    this.#render = render;
    this.#draw();
  }

  /** Lets `write` print lines that stay, above the text. */
  above(write: () => void): void {
    this.#erase();
    write();
    this.#draw();
  }

  /** Takes the text away and gives the cursor back. */
  end(): void {
    process.stderr.off('resize', this.#draw);
    process.off('exit', this.#release);
    this.#release();
    this.#render = undefined;
  }

  /**
   * What is there goes first, because a terminal remembers which of its lines it has broken; in one piece with the rest,
   * nothing flickers. A line that is too long is cut off, not broken.
   */
  readonly #draw = (): void => {
    if (!this.#render) return;
    const { columns = 80, rows = 24 } = process.stderr;
    const lines = this.#render(columns - 1)
      .split('\n')
      .slice(-rows);
    const back = lines.length > 1 ? `\u001b[${lines.length - 1}A\r` : '\r';
    process.stderr.write(`${BEGIN}${ERASE_FROM_HERE}${NO_WRAP}${lines.join('\n')}${WRAP}${back}${END}`);
  };

  readonly #release = (): void => {
    this.#erase();
    process.stderr.write(SHOW_CURSOR);
  };

  #erase(): void {
    if (this.#render) process.stderr.write(ERASE_FROM_HERE);
  }
}
