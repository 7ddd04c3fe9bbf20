import { TextDecoder } from 'node:util';
import {
  type Dtype,
  ELEMENT_BYTES,
  type FileTensor,
  LARGEST_HEADER,
  METADATA_KEY,
  PREFIX,
  type TensorFile,
  TensorFileError,
} from './format.js';

/**
 * Reads a safetensors file that is not trusted: every number of its header is checked before it is used, and the
 * tensors must cover the data without overlap and without a hole. Values are not looked at: NaN and infinity are
 * values. The tensors are views of `file`, in the order in which they lie there.
 * @throws {TensorFileError} when it is none, or one with elements other than {@link Dtype}'s.
 */
export function decodeTensors(file: Uint8Array): TensorFile {
  const headerLength = lengthOf(file);
  const header = parse(file.subarray(PREFIX, PREFIX + headerLength));
  const data = file.subarray(PREFIX + headerLength);
  const entries = Object.entries(header).filter(([name]) => name !== METADATA_KEY);
  const ranges = entries
    .map(([name, entry]) => ({ name, ...rangeOf(name, entry) }))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  requireTiles(ranges, data.length);
  const tensors = new Map<string, FileTensor>();
  for (const { name, dtype, shape, begin, end } of ranges) {
    tensors.set(name, { dtype, shape, bytes: data.subarray(begin, end) });
  }
  return { tensors, metadata: metadataOf(header) };
}

function lengthOf(file: Uint8Array): number {
  if (file.length < PREFIX) {
    throw new TensorFileError(
      `it has ${file.length} bytes, fewer than the ${PREFIX} that tell the header's length`,
    );
  }
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > BigInt(LARGEST_HEADER)) {
    throw new TensorFileError(`its header would have ${length} bytes; at most ${LARGEST_HEADER} are read`);
  }
  if (length > BigInt(file.length - PREFIX)) {
    throw new TensorFileError(
      `it ends inside its header: that needs ${length} bytes, ${file.length - PREFIX} are there`,
    );
  }
  return Number(length);
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  if (bytes[0] !== 0x7b) throw new TensorFileError("its header does not begin with '{'");
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new TensorFileError('its header is no JSON');
  }
  return header as Record<string, unknown>; // it began with {
}

function metadataOf(header: Record<string, unknown>): Record<string, string> {
  const metadata = Object.hasOwn(header, METADATA_KEY) ? header[METADATA_KEY] : {};
  if (!isObject(metadata)) throw new TensorFileError(`its ${METADATA_KEY} is no object`);
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') throw new TensorFileError(`its metadata entry '${key}' is no text`);
  }
  return metadata as Record<string, string>;
}

interface Range {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function rangeOf(name: string, entry: unknown): Range {
  const trouble = (text: string): TensorFileError => new TensorFileError(`its tensor '${name}' ${text}`);
  if (!isObject(entry)) throw trouble('is not described by an object');
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDtype(dtype)) {
    throw trouble(
      `has elements of type ${JSON.stringify(dtype)}; ${Object.keys(ELEMENT_BYTES).join(', ')} are read`,
    );
  }
  if (!isCounts(shape)) throw trouble('has no shape of whole numbers');
  if (!isCounts(offsets) || offsets.length !== 2) throw trouble('has no two data_offsets');
  const [begin = 0, end = 0] = offsets;
  const bytes = shape.reduce((product, extent) => product * extent, ELEMENT_BYTES[dtype]);
  if (!Number.isSafeInteger(bytes) || end - begin !== bytes) {
    throw trouble(`has a shape of ${bytes} bytes, but lies from byte ${begin} to ${end}`);
  }
  return { dtype, shape, begin, end };
}

/** Ranges of which each begins where the one before ends, from the first byte to the last: no overlap and no hole. */
function requireTiles(ranges: readonly { name: string; begin: number; end: number }[], length: number): void {
  let place = 0;
  for (const { name, begin, end } of ranges) {
    if (begin !== place) {
      throw new TensorFileError(
        `its tensor '${name}' begins at byte ${begin} of the data instead of ${place}`,
      );
    }
    place = end;
  }
  if (place !== length) {
    throw new TensorFileError(`its tensors take ${place} bytes, but ${length} are there`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(ELEMENT_BYTES, value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}
