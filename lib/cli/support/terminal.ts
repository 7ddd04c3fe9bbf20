import type { WriteStream } from 'node:tty';
import picocolors from 'picocolors';
import type { Colors } from 'picocolors/types.js';
import { columnsOf, NARROWEST, widthOf } from '../../base/terminal-size.js';
import { wrapped } from '../../report/text/text.js';

/** Whether both outputs are a terminal on which text can be replaced. */
export function isLive(): boolean {
  return process.stdout.isTTY && isLiveBeside();
}

/** The same for a command whose standard output is written at its end alone. A CI's log may claim to be a terminal. */
export function isLiveBeside(): boolean {
  const { TERM, CI } = process.env;
  const interactive = process.stderr.isTTY && TERM !== 'dumb';
  const inCi = CI !== undefined && CI !== '' && CI !== 'false';
  return interactive && !inCi && columnsOf(process.stderr) >= NARROWEST;
}

/** Colours where the stream is a terminal that has them; NO_COLOR, FORCE_COLOR and TERM are heeded. */
export function colorsFor(stream: WriteStream): Colors {
  return picocolors.createColors(stream.isTTY === true && stream.hasColors());
}

/** The text with its lines broken between words where the stream is a terminal that is too narrow for them. */
export function fitted(text: string, stream: WriteStream): string {
  return stream.isTTY ? wrapped(text, widthOf(stream)) : text;
}
