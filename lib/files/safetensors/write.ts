import { TextEncoder } from 'node:util';
import {
  ELEMENT_BYTES,
  type FileTensor,
  METADATA_KEY,
  PREFIX,
  type TensorFile,
  TensorFileError,
} from './format.js';

const ALIGNMENT = 8;

/**
 * A safetensors file's bytes. The metadata come first in the header; the tensors lie in the order of the map, which
 * keeps them aligned when those of wider elements come first.
 *
 * @param mark - Metadata that come before the others.
 * @throws {TensorFileError} for a tensor that could not be read again: its shape and its bytes do not fit each other.
 */
export function encodeTensors(
  { tensors, metadata }: TensorFile,
  mark: TensorFile['metadata'] = {},
): Uint8Array {
  const entries: [string, unknown][] = [
    [METADATA_KEY, [...Object.entries(mark), ...Object.entries(metadata)]],
  ];
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of tensors) {
    requireFit(name, { dtype, shape, bytes });
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

function requireFit(name: string, { dtype, shape, bytes }: FileTensor): void {
  const isCounts = shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  const wanted = shape.reduce((product, extent) => product * extent, ELEMENT_BYTES[dtype]);
  if (name !== METADATA_KEY && isCounts && wanted === bytes.byteLength) return;
  throw new TensorFileError(
    name === METADATA_KEY
      ? `no tensor can have the name '${name}'`
      : `the tensor '${name}' has ${bytes.byteLength} bytes, which does not fit its shape, ${dtype} [${shape.join(', ')}]`,
  );
}

/** `{"key":value,…}` in the order of the entries: an object would have keys that look like numbers in front. */
function objectText(entries: readonly [string, unknown][]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${asText(value)}`).join(',')}}`;
}

function asText(value: unknown): string {
  return Array.isArray(value) ? objectText(value) : JSON.stringify(value);
}

/** With the format's own padding, spaces: the data behind it is then aligned. */
function padded(header: Uint8Array): Uint8Array {
  const length = Math.ceil(header.length / ALIGNMENT) * ALIGNMENT;
  const result = new Uint8Array(length).fill(0x20);
  result.set(header);
  return result;
}
