import type { WriteStream } from 'node:tty';
import picocolors from 'picocolors';
import type { Colors } from 'picocolors/types.js';
import { wrapped } from '../report/text.js';

/** Narrower ones get plain lines. */
const NARROWEST = 20;

/** Whether both outputs are a terminal on which text can be replaced. A CI's log may claim to be one. */
export function isLive(): boolean {
  const { TERM, CI } = process.env;
  const interactive = process.stdout.isTTY && process.stderr.isTTY && TERM !== 'dumb';
  const inCi = CI !== undefined && CI !== '' && CI !== 'false';
  return interactive && !inCi && widthOf(process.stderr) >= NARROWEST;
}

/** Width in characters; 80 where it is unknown. */
export function widthOf(stream: WriteStream): number {
  return stream.columns || 80;
}

/** Colours where the stream is a terminal that has them; NO_COLOR, FORCE_COLOR and TERM are heeded. */
export function colorsFor(stream: WriteStream): Colors {
  return picocolors.createColors(stream.isTTY === true && stream.hasColors());
}

/** The text with its lines broken between words where the stream is a terminal that is too narrow for them. */
export function fitted(text: string, stream: WriteStream): string {
  return stream.isTTY ? wrapped(text, widthOf(stream)) : text;
}
