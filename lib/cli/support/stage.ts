import { LiveText } from './live-text.js';
import { colorsFor } from './terminal.js';

/** A line at the foot of a terminal that says what is done now, such as loading a library, until something else is shown. */
export class Stage {
  readonly #colors = colorsFor(process.stderr);
  #live: LiveText | undefined;

  show(text: string): void {
    this.#live ??= new LiveText();
    this.#live.show((columns) => this.#colors.dim(`${text} …`.slice(0, Math.max(0, columns))));
  }

  end(): void {
    this.#live?.end();
    this.#live = undefined;
  }
}
