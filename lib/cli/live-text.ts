import { createLogUpdate } from 'log-update';

/** Text at the foot of the terminal, on standard error, that each `show` replaces. */
export class LiveText {
  readonly #update = createLogUpdate(process.stderr);
  #text = '';

  /** Width of the terminal in characters. */
  get columns(): number {
    return process.stderr.columns || 80;
  }

  show(text: string): void {
    this.#text = text;
    this.#update(text);
  }

  /** Lets `write` print lines that stay, above the text. */
  above(write: () => void): void {
    this.#update.clear();
    write();
    if (this.#text !== '') this.#update(this.#text);
  }

  /** Takes the text away and gives the cursor back. */
  end(): void {
    this.#text = '';
    this.#update.clear();
    this.#update.done();
  }
}
