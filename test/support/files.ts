/** Hand-made safetensors bytes: the header's text as it is, then the data. */
export function tensorFile(header: unknown, data: Uint8Array = new Uint8Array()): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return new Uint8Array(Buffer.concat([length, text, data]));
}

/** `file` with another byte at `place`. */
export function flipped(file: Uint8Array, place: number, mask: number): Uint8Array {
  const changed = new Uint8Array(file);
  changed[place] = (changed[place] ?? 0) ^ mask;
  return changed;
}

/** Small, fast, seeded numbers in [0, 1) (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
