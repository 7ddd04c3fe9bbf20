import { describe, expect, test } from 'vitest';
import {
  byteTensor,
  float32sIn,
  float32sOf,
  float32Tensor,
  int32sOf,
  int32Tensor,
  TensorFileError,
} from '../../lib/files/safetensors/format.js';
import { decodeTensors } from '../../lib/files/safetensors/read.js';
import { encodeTensors } from '../../lib/files/safetensors/write.js';
import { tensorFile } from '../support/files.js';

const floats = Float32Array.of(1, -2.5, Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-45);

test('what was written is read again, every bit of every number', () => {
  const tensors = new Map([
    ['b.weight', float32Tensor([2, 3], floats)],
    ['7', int32Tensor(Int32Array.of(-1, 2 ** 31 - 1))], // a key that JavaScript would put first
    ['__proto__', byteTensor(Uint8Array.of(255, 0, 1))],
    ['empty', float32Tensor([0, 4], new Float32Array())],
  ]);
  const metadata = { note: 'ä "quoted" \n', empty: '' };
  const file = encodeTensors({ tensors, metadata });
  const read = decodeTensors(file);
  expect([...read.tensors.keys()]).toEqual([...tensors.keys()]);
  expect(read.tensors).toEqual(tensors);
  expect(read.metadata).toEqual(metadata);
  const numbers = read.tensors.get('b.weight');
  expect(numbers && new Uint8Array(float32sOf(numbers).buffer)).toEqual(new Uint8Array(floats.buffer));
  const integers = read.tensors.get('7');
  expect(integers && int32sOf(integers)).toEqual(Int32Array.of(-1, 2 ** 31 - 1));
});

test('numbers are looked at where they lie, and copied where they lie between two', () => {
  const file = new Uint8Array(32);
  file.set(new Uint8Array(floats.buffer), 4);
  const aligned = float32sIn({ dtype: 'F32', shape: [6], bytes: file.subarray(4, 28) });
  expect(aligned).toEqual(floats);
  expect(aligned.buffer).toBe(file.buffer);
  const between = float32sIn({
    dtype: 'F32',
    shape: [6],
    bytes: new Uint8Array([0, ...file]).subarray(5, 29),
  });
  expect(between).toEqual(floats);
});

test('the bytes are those of the format’s description', () => {
  const tensors = new Map([['a', float32Tensor([1], Float32Array.of(1))]]);
  const file = Buffer.from(encodeTensors({ tensors, metadata: {} }));
  const header = '{"__metadata__":{},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  expect(file.readBigUInt64LE()).toBe(BigInt(header.length));
  expect(header.length % 8).toBe(0); // or it would end in spaces
  expect(file.toString('latin1', 8, 8 + header.length)).toBe(header);
  expect(file.subarray(8 + header.length)).toEqual(Buffer.from([0, 0, 0x80, 0x3f])); // 1.0, little-endian
});

test('the data begins at a multiple of 8 bytes, whatever the names', () => {
  for (let letters = 1; letters < 20; ++letters) {
    const tensors = new Map([['x'.repeat(letters), float32Tensor([1], Float32Array.of(1))]]);
    expect((encodeTensors({ tensors, metadata: {} }).length - 4) % 8).toBe(0);
  }
});

test('a Buffer that lies inside a larger one, as a file is read, is read like any bytes, and copied', () => {
  const file = encodeTensors({ tensors: new Map([['a', float32Tensor([6], floats)]]), metadata: {} });
  const pool = Buffer.alloc(file.length + 3, 0xff);
  pool.set(file, 3);
  const tensor = decodeTensors(pool.subarray(3)).tensors.get('a');
  const numbers = tensor && float32sOf(tensor);
  pool.fill(0);
  expect(numbers).toEqual(floats);
});

test('files of other writers: spaces around, tensors in any order, no metadata', () => {
  const header = `{ "z" : {"dtype":"U8","shape":[2],"data_offsets":[4,6]},
    "a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"note":"unknown keys are left alone"} }   `;
  const { tensors, metadata } = decodeTensors(tensorFile(header, Uint8Array.of(0, 0, 0x80, 0x3f, 8, 9)));
  const scalar = tensors.get('a');
  expect(scalar && float32sOf(scalar)).toEqual(Float32Array.of(1));
  expect(tensors.get('z')?.bytes).toEqual(Uint8Array.of(8, 9));
  expect(metadata).toEqual({});
});

describe('refused, with the reason:', () => {
  const entry = (changes: object): object => ({
    a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...changes },
  });
  const eight = new Uint8Array(8);
  const long = new Uint8Array(16);
  long.set([0, 0, 0, 0, 0, 0, 0, 1]);
  const short = new Uint8Array(16);
  short.set([9]);
  const cases: [string, Uint8Array, string][] = [
    ['nothing', new Uint8Array(), 'it has 0 bytes'],
    ['7 bytes', new Uint8Array(7), 'it has 7 bytes'],
    ['a header of 2^56 bytes', long, 'its header would have 72057594037927936 bytes; at most 100000000'],
    ['a header longer than the file', short, 'it ends inside its header: that needs 9 bytes, 8 are there'],
    ['an empty header', tensorFile(''), "does not begin with '{'"],
    ['another program’s text', tensorFile('hello, world'), "does not begin with '{'"],
    ['broken JSON', tensorFile('{"a":'), 'its header is no JSON'],
    ['a list', tensorFile('[]'), "does not begin with '{'"],
    [
      'text that is no UTF-8',
      tensorFile(`{"${'a'}":1}`).map((byte) => (byte === 0x61 ? 0xff : byte)),
      'no JSON',
    ],
    ['JSON nested deeply', tensorFile('{"a":'.repeat(200_000)), 'its header is no JSON'],
    ['a tensor that is a number', tensorFile({ a: 1 }), "'a' is not described by an object"],
    ['a tensor that is null', tensorFile({ a: null }), "'a' is not described by an object"],
    [
      'half precision',
      tensorFile(entry({ dtype: 'F16' }), eight),
      'has elements of type "F16"; F32, I32, F64, I64, U8',
    ],
    [
      'a dtype of Object',
      tensorFile(entry({ dtype: 'constructor' }), eight),
      'has elements of type "constructor"',
    ],
    [
      'no dtype',
      tensorFile({ a: { shape: [], data_offsets: [0, 4] } }, eight),
      'has elements of type undefined',
    ],
    ['no shape', tensorFile(entry({ shape: undefined }), eight), 'has no shape of whole numbers'],
    ['a negative extent', tensorFile(entry({ shape: [-2] }), eight), 'has no shape of whole numbers'],
    ['half an element', tensorFile(entry({ shape: [1.5] }), eight), 'has no shape of whole numbers'],
    ['a shape of text', tensorFile(entry({ shape: '2' }), eight), 'has no shape of whole numbers'],
    [
      'an overflowing shape',
      tensorFile(entry({ shape: [2 ** 40, 2 ** 40] }), eight),
      'lies from byte 0 to 8',
    ],
    [
      'an endless shape',
      tensorFile(entry({ shape: Array(40).fill(2 ** 52) }), eight),
      'lies from byte 0 to 8',
    ],
    ['no offsets', tensorFile(entry({ data_offsets: [0] }), eight), 'has no two data_offsets'],
    ['offsets that go back', tensorFile(entry({ data_offsets: [8, 0] }), eight), 'lies from byte 8 to 0'],
    ['offsets of another length', tensorFile(entry({ data_offsets: [0, 4] }), eight), 'a shape of 8 bytes'],
    ['offsets beyond the file', tensorFile(entry({}), new Uint8Array(4)), 'take 8 bytes, but 4 are there'],
    ['data after the last tensor', tensorFile(entry({}), new Uint8Array(9)), 'take 8 bytes, but 9 are there'],
    [
      'a hole before the first tensor',
      tensorFile(entry({ data_offsets: [4, 12] }), new Uint8Array(12)),
      'begins at byte 4 of the data instead of 0',
    ],
    [
      'tensors that overlap',
      tensorFile({ ...entry({}), b: { dtype: 'U8', shape: [4], data_offsets: [4, 8] } }, eight),
      "'b' begins at byte 4 of the data instead of 8",
    ],
    [
      'a tensor named twice',
      tensorFile(
        '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}',
        eight,
      ),
      "'a' begins at byte 4",
    ],
    ['metadata that are a list', tensorFile({ __metadata__: [] }), '__metadata__ is no object'],
    ['metadata that are numbers', tensorFile({ __metadata__: { a: 1 } }), "entry 'a' is no text"],
  ];

  test.each(cases)('%s', (_name, file, reason) => {
    expect(() => decodeTensors(file)).toThrow(TensorFileError);
    expect(() => decodeTensors(file)).toThrow(reason);
  });
});
