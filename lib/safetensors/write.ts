import { METADATA_KEY, PREFIX, type TensorFile } from './format.js';

const ALIGNMENT = 8;

/**
 * A safetensors file's bytes. The metadata come first in the header; the tensors lie in the order of the map, which
 * keeps them aligned when those of wider elements come first.
 */
export function encodeTensors({ tensors, metadata }: TensorFile): Uint8Array {
  const entries: [string, unknown][] = [[METADATA_KEY, metadata]];
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of tensors) {
    const begin = end;
    end += bytes.byteLength;
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  const header = padded(new TextEncoder().encode(objectText(entries)));
  const file = new Uint8Array(PREFIX + header.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, PREFIX);
  let place = PREFIX + header.length;
  for (const { bytes } of tensors.values()) {
    file.set(bytes, place);
    place += bytes.byteLength;
  }
  return file;
}

/** JSON.stringify would move keys that look like numbers to the front. */
function objectText(entries: readonly [string, unknown][]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}

/** With the format's own padding, spaces: the data behind it is then aligned. */
function padded(header: Uint8Array): Uint8Array {
  const length = Math.ceil(header.length / ALIGNMENT) * ALIGNMENT;
  const result = new Uint8Array(length).fill(0x20);
  result.set(header);
  return result;
}
