import { endianness } from 'node:os';
import { ClTorchError } from '../../base/errors.js';

/** An array of a .npy file. */
export interface NpyArray {
  /** The file, and the array in it, for messages. */
  readonly name: string;
  readonly shape: readonly number[];
  /** NumPy's name of the type, such as `<f8`. */
  readonly type: string;
  /** In C order; their number is the product of `shape`. */
  readonly values: NpyValues;
}

export type NpyValues =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

type ValuesType = new (buffer: ArrayBuffer) => NpyValues;

/** By kind and bytes a value. */
const TYPES: Readonly<Record<string, ValuesType>> = {
  u1: Uint8Array,
  i1: Int8Array,
  u2: Uint16Array,
  i2: Int16Array,
  u4: Uint32Array,
  i4: Int32Array,
  u8: BigUint64Array,
  i8: BigInt64Array,
  f4: Float32Array,
  f8: Float64Array,
};

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
/** The dictionary that NumPy writes: three keys, in any order. */
const DESCR = /'descr': *'([<>|=])([a-zA-Z])(\d+)'/;
const ORDER = /'fortran_order': *(True|False)/;
const SHAPE = /'shape': *\(((?:\d+(?:, *|,? *(?=\))))*)\)/;

/**
 * Reads an array of numbers in NumPy's format, versions 1 to 3
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 * @param name - Names it in messages.
 * @throws {ClTorchError} DATA_INVALID, with what was expected and what was found.
 */
export function parseNpy(name: string, bytes: Buffer): NpyArray {
  const { header, start } = headerOf(name, bytes);
  const descr = DESCR.exec(header);
  const order = ORDER.exec(header)?.[1];
  const extents = SHAPE.exec(header)?.[1];
  if (!descr || order === undefined || extents === undefined) {
    throw invalid(name, `holds no plain array of numbers: its header is ${shortened(header)}`, EXPECTED);
  }
  const [, endian = '', kind = '', size = ''] = descr;
  const type = TYPES[kind + size];
  if (!type) throw invalid(name, `holds values of NumPy's type ${endian}${kind}${size}`, EXPECTED);
  if (order === 'True') {
    throw invalid(name, 'is in Fortran order', 'C order; numpy.ascontiguousarray(array) gives it');
  }
  const shape = extents
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(Number);
  const count = shape.reduce((product, extent) => product * extent, 1);
  const content = bytes.subarray(start);
  if (content.length !== count * Number(size)) {
    throw invalid(
      name,
      `has ${content.length} bytes of values`,
      `${count * Number(size)} for an array of shape (${shape.join(', ')}) and type ${endian}${kind}${size}`,
    );
  }
  return { name, shape, type: endian + kind + size, values: valuesOf(content, type, Number(size), endian) };
}

const EXPECTED =
  'integers of 1 to 8 bytes, float32 or float64; numpy.save(file, array.astype(…)) writes such. Python objects are never read';

function headerOf(name: string, bytes: Buffer): { header: string; start: number } {
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length)) || bytes.length < 12) {
    throw invalid(
      name,
      `begins with ${bytes.subarray(0, 6).toString('hex') || 'nothing'}`,
      '934e554d5059, a .npy file',
    );
  }
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw invalid(name, `has version ${version} of the format`, '1 to 3');
  const begin = version === 1 ? 10 : 12;
  const length = version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  if (begin + length > bytes.length) {
    throw invalid(name, `ends in its header, after ${bytes.length} bytes`, `a header of ${length}`);
  }
  return { header: bytes.toString('latin1', begin, begin + length), start: begin + length };
}

/** A copy: the values may stand anywhere in the file, and in the other order of bytes. */
function valuesOf(content: Buffer, type: ValuesType, size: number, endian: string): NpyValues {
  const copy = Uint8Array.from(content);
  const isBig = endian === '>' || (endian !== '<' && endianness() === 'BE');
  if (size > 1 && isBig !== (endianness() === 'BE')) {
    Buffer.from(copy.buffer)[`swap${(8 * size) as 16 | 32 | 64}`]();
  }
  return new type(copy.buffer);
}

function shortened(text: string): string {
  return JSON.stringify(text.trim().slice(0, 120));
}

function invalid(name: string, found: string, expected: string): ClTorchError {
  return new ClTorchError('DATA_INVALID', `${name} ${found}; expected ${expected}.`);
}
