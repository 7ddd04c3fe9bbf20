/** Bytes of one element, by the dtypes that this package writes and reads. */
export const ELEMENT_BYTES = { F32: 4, I32: 4, F64: 8, I64: 8, U8: 1 } as const;

export type Dtype = keyof typeof ELEMENT_BYTES;

/** A tensor of a safetensors file. */
export interface FileTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Little-endian and row-major: shape's product × the element's size. */
  readonly bytes: Uint8Array;
}

/** What a safetensors file holds. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, FileTensor>;
  /** The free text entries of its header. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The reference implementation's own limit. */
export const LARGEST_HEADER = 100_000_000;

/** Bytes in front of the header: its length. */
export const PREFIX = 8;

export const METADATA_KEY = '__metadata__';

/** Why bytes are no safetensors file. */
export class TensorFileError extends Error {}

export function float32Tensor(shape: readonly number[], data: Float32Array): FileTensor {
  return { dtype: 'F32', shape, bytes: bytesOf(data) };
}

export function int32Tensor(data: Int32Array): FileTensor {
  return { dtype: 'I32', shape: [data.length], bytes: bytesOf(data) };
}

export function byteTensor(data: Uint8Array): FileTensor {
  return { dtype: 'U8', shape: [data.length], bytes: data };
}

/** The elements of an F32 tensor, copied. */
export function float32sOf({ bytes }: FileTensor): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer); // a Buffer's slice() would be no copy
}

/** The elements of an F32 tensor where its bytes lie, as long as those are aligned; else copied. */
export function float32sIn(tensor: FileTensor): Float32Array {
  const { buffer, byteOffset, byteLength } = tensor.bytes;
  if (byteOffset % ELEMENT_BYTES.F32 !== 0) return float32sOf(tensor);
  return new Float32Array(buffer, byteOffset, byteLength / ELEMENT_BYTES.F32);
}

/** The elements of an I32 tensor, copied. */
export function int32sOf({ bytes }: FileTensor): Int32Array {
  return new Int32Array(new Uint8Array(bytes).buffer);
}

/** The package runs on little-endian machines only, and so is the format. */
function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
