import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { TextDecoder } from 'node:util';

/** Marks that editors and shells, those of Windows above all, put at the beginning of a text. */
const MARKS: readonly { readonly bytes: readonly number[]; readonly encoding: string }[] = [
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
];

/**
 * The value in the bytes of a JSON file: UTF-8 with or without a byte order mark, or UTF-16 with one.
 * @throws SyntaxError when they are no JSON; TypeError when they are no text.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const mark = MARKS.find(({ bytes: [first, second] }) => bytes[0] === first && bytes[1] === second);
  const decoder = new TextDecoder(mark?.encoding ?? 'utf-8', { fatal: true }); // takes the mark away
  return JSON.parse(decoder.decode(bytes));
}

/** Reads a JSON file; throws Node's system errors and what {@link parseJson} does. */
export async function readJson(path: string): Promise<unknown> {
  return parseJson(await readFile(path));
}

/** The same at once, for what is read before anything else can be done. */
export function readJsonSync(path: string): unknown {
  return parseJson(readFileSync(path));
}
