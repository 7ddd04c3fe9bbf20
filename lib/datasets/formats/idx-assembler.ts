import { createHash } from 'node:crypto';
import { ClTorchError } from '../../base/errors.js';

export type IdxKind = 'images' | 'labels';

const RANK: Readonly<Record<IdxKind, number>> = { images: 3, labels: 1 };
const UNSIGNED_BYTE = 0x08;
/** The other type codes of the format. */
const OTHER_TYPES: Readonly<Record<number, string>> = {
  9: 'signed bytes',
  11: '16-bit integers',
  12: '32-bit integers',
  13: '32-bit floats',
  14: '64-bit floats',
};

/** Puts an IDX file together from its chunks: 2 zero bytes, type, rank, one big-endian uint32 a dimension, values. */
export class IdxAssembler {
  readonly #file: string;
  readonly #kind: IdxKind;
  readonly #limit: number;
  readonly #hash = createHash('sha256');
  readonly #header: Buffer;
  #headerBytes = 0;
  #dims: number[] = [];
  #values: Uint8Array | null = null;
  #valueBytes = 0;

  /** @param limit most bytes the content can have, judged by the size of the file. */
  constructor(file: string, kind: IdxKind, limit: number) {
    this.#file = file;
    this.#kind = kind;
    this.#limit = limit;
    this.#header = Buffer.alloc(4 + 4 * RANK[kind]);
  }

  async take(chunks: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of chunks) {
      this.#hash.update(chunk);
      const rest = chunk.subarray(this.#takeHeader(chunk));
      if (rest.length > 0) this.#takeValues(rest);
    }
  }

  finish(): { dims: readonly number[]; values: Uint8Array; contentSha256: string } {
    if (this.#values === null) {
      if (this.#headerBytes >= 4) this.#requireMagic();
      throw this.#invalid(
        `ends in its header: expected ${this.#header.length} bytes of header, found ${this.#headerBytes}`,
      );
    }
    if (this.#valueBytes < this.#values.length) throw this.#truncated(String(this.#valueBytes));
    return { dims: this.#dims, values: this.#values, contentSha256: this.#hash.digest('hex') };
  }

  /** Returns how many bytes of the chunk belong to the header. */
  #takeHeader(chunk: Buffer): number {
    if (this.#values !== null) return 0;
    const taken = chunk.copy(this.#header, this.#headerBytes);
    this.#headerBytes += taken;
    if (this.#headerBytes === this.#header.length) this.#openValues();
    return taken;
  }

  #takeValues(bytes: Buffer): void {
    const values = this.#values ?? new Uint8Array();
    if (this.#valueBytes + bytes.length > values.length) {
      throw this.#invalid(
        `goes on after the ${values.length} values its header announces (${this.#shape()})`,
      );
    }
    values.set(bytes, this.#valueBytes);
    this.#valueBytes += bytes.length;
  }

  #openValues(): void {
    this.#requireMagic();
    this.#dims = Array.from({ length: RANK[this.#kind] }, (_, i) => this.#header.readUInt32BE(4 + 4 * i));
    if (this.#dims.includes(0)) throw this.#invalid(`announces a size of zero (${this.#shape()})`);
    const values = this.#dims.reduce((product, size) => product * size, 1);
    const room = this.#limit - this.#header.length;
    if (values > room) throw this.#truncated(`room for ${Math.max(room, 0)} at most`);
    this.#values = new Uint8Array(values);
  }

  #requireMagic(): void {
    const [first, second, type = 0, rank = 0] = this.#header;
    const expected = RANK[this.#kind];
    if (first !== 0 || second !== 0) {
      throw this.#invalid(
        `is not an IDX file: expected it to start with 00 00 08 0${expected}, found ${hex(this.#header)}`,
      );
    }
    if (type !== UNSIGNED_BYTE) {
      const found = OTHER_TYPES[type] ?? 'an unknown type';
      throw this.#invalid(
        `holds ${found} (${hex(this.#header)}), expected unsigned bytes (00 00 08 0${expected})`,
      );
    }
    if (rank !== expected) {
      const what = Object.entries(RANK).find(([, dimensions]) => dimensions === rank)?.[0];
      throw this.#invalid(
        `has ${rank} dimension(s)${what ? `, as ${what} have` : ''}; expected ${this.#kind}, with ${expected}. ` +
          'Images and labels may have been swapped',
      );
    }
  }

  #truncated(found: string): ClTorchError {
    const values = this.#dims.reduce((product, size) => product * size, 1);
    return this.#invalid(
      `is cut off: its header announces ${values} values (${this.#shape()}), found ${found}`,
    );
  }

  #shape(): string {
    return this.#dims.join(' × ');
  }

  #invalid(problem: string): ClTorchError {
    return new ClTorchError('DATA_INVALID', `${this.#file} ${problem}. Get the file again.`);
  }
}

function hex(bytes: Buffer): string {
  return Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
