import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseNpy } from '../../lib/datasets/formats/npy.js';
import { type ArrayRole, contentOfArrays, roleOf } from '../../lib/datasets/formats/numpy.js';
import { type Dataset, loadDataset, verifyDataset } from '../../lib/datasets/index.js';
// Files of NumPy's own: see test/reference/make_numpy.py.
import fixture from '../fixtures/numpy.json' with { type: 'json' };

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');
const four = (role: ArrayRole): Buffer => bytes(fixture.four[role].file);

/** A .npy file by hand, from the format's description. */
function npy(descr: string, shape: string, content: Uint8Array, order = 'False'): Buffer {
  const header = Buffer.from(`{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`);
  const begin = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  return Buffer.concat([begin, header, content]);
}

describe('examples as NumPy has written them', () => {
  test.each(Object.entries(fixture.examples))('%s', (_, { file, shape, values }) => {
    const x = parseNpy('x', bytes(file));
    const y = parseNpy('y', npy('|u1', `(${shape[0]},)`, new Uint8Array(shape[0] ?? 0)));
    const { channels, height, width, train } = contentOfArrays({
      x_train: x,
      y_train: y,
      x_test: x,
      y_test: y,
    });
    const [, ...extents] = shape;
    const expected = [[1, 1, extents[0]], [1, ...extents], extents][extents.length - 1];
    expect([channels, height, width]).toEqual(expected);
    expect([...train.images]).toEqual(values);
  });
});

test.each(Object.entries(fixture.labels))('labels of type %s', (_, { file, values }) => {
  const x = parseNpy('x', npy('|u1', `(${values.length}, 2)`, new Uint8Array(2 * values.length)));
  const y = parseNpy('y', bytes(file));
  const { train } = contentOfArrays({ x_train: x, y_train: y, x_test: x, y_test: y });
  expect([...train.labels]).toEqual(values);
});

describe('what is no plain array of numbers is refused', () => {
  test.each([
    ['fortran', /Fortran order; expected C order; numpy.ascontiguousarray/],
    ['objects', /NumPy's type \|O|no plain array/],
    ['complex', /NumPy's type <c16/],
    ['half', /NumPy's type <f2; expected .*float32 or float64/],
    ['fields', /no plain array of numbers/],
    ['text', /NumPy's type <U2/],
  ] as const)('%s', (name, reason) => {
    expect(() => parseNpy('some.npy', bytes(fixture.refused[name]))).toThrow(
      expect.objectContaining({ code: 'DATA_INVALID', message: expect.stringMatching(reason) }),
    );
  });
});

test.each([
  ['x_train', 'x_train'],
  ['X_test', 'x_test'],
  ['trainX', 'x_train'],
  ['train_images', 'x_train'],
  ['test-labels', 'y_test'],
  ['Y_TRAIN', 'y_train'],
  ['train_targets', 'y_train'],
  ['x_val', undefined],
  ['mean', undefined],
])('an array named %s is %s', (name, role) => {
  expect(roleOf(name)).toBe(role);
});

describe('files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cl-torch-numpy-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  function requireFour({ channels, width, height, classes, train, test: measured }: Dataset): void {
    expect([channels, width, height, classes]).toEqual([1, 4, 4, 3]);
    expect([...train.images]).toEqual(fixture.four.x_train.values);
    expect([...train.labels]).toEqual(fixture.four.y_train.values);
    expect([...measured.images]).toEqual(fixture.four.x_test.values);
    expect([...measured.labels]).toEqual(fixture.four.y_test.values);
  }

  test.each(['stored', 'packed'] as const)('numpy.savez, %s', async (name) => {
    const dataDir = join(folder, 'some.npz');
    writeFileSync(dataDir, bytes(fixture.archives[name]));
    requireFour(await loadDataset('mnist', { dataDir }));
    expect(await verifyDataset('mnist', { dataDir })).toMatchObject({ ok: true });
  });

  /** A folder of .npy files, one for each array, unless it is left out. */
  function arrays(changes: Partial<Record<ArrayRole, Buffer | null>> = {}): string {
    const into = join(folder, 'arrays');
    mkdirSync(into);
    for (const role of ['x_train', 'y_train', 'x_test', 'y_test'] as const) {
      const content = changes[role] === undefined ? four(role) : changes[role];
      if (content) writeFileSync(join(into, `${role}.npy`), content);
    }
    return into;
  }

  test('a folder of .npy files', async () => {
    requireFour(await loadDataset('mnist', { dataDir: arrays() }));
  });

  test('numbers stay numbers, and a class may be any', async () => {
    const x = bytes(fixture.examples['rows-f8'].file);
    const y = npy('<u2', '(6, 1)', Buffer.from(Uint16Array.of(0, 300, 2, 1, 300, 5).buffer));
    const dataDir = arrays({ x_train: x, x_test: x, y_train: y, y_test: y });
    const { train, features, classes } = await loadDataset('mnist', { dataDir });
    expect(train.images).toBeInstanceOf(Float32Array);
    expect([...train.images]).toEqual(fixture.examples['rows-f8'].values);
    expect([features, classes]).toEqual([7, 301]);
    expect([...train.labels]).toEqual([0, 300, 2, 1, 300, 5]);
  });

  test.each<[string, Partial<Record<ArrayRole, Buffer>>, RegExp]>([
    [
      'fewer labels',
      { y_train: npy('|u1', '(5,)', new Uint8Array(5)) },
      /y_train.npy has 5 labels; expected 6.*x_train.npy/,
    ],
    [
      'one-hot labels',
      { y_test: npy('|u1', '(3, 10)', new Uint8Array(30)) },
      /y_test.npy has the shape \(3, 10\); expected one label/,
    ],
    [
      'labels that are no integers',
      { y_test: npy('<f4', '(3,)', new Uint8Array(12)) },
      /type <f4; expected integers/,
    ],
    [
      'a label below 0',
      { y_test: npy('|i1', '(3,)', Uint8Array.of(0, 255, 1)) },
      /label -1 in row 1; expected classes from 0/,
    ],
    [
      'a class that is never trained',
      { y_test: npy('|u1', '(3,)', Uint8Array.of(0, 3, 1)) },
      /label 3 at position 1.*0 to 2/,
    ],
    [
      'other test examples',
      { x_test: npy('|u1', '(3, 2, 8)', new Uint8Array(48)) },
      /1 × 2 × 8 .* those of .*1 × 4 × 4/,
    ],
    [
      'no examples',
      { x_test: npy('|u1', '(0, 4, 4)', new Uint8Array()) },
      /shape \(0, 4, 4\); expected examples/,
    ],
    [
      'five channels',
      { x_train: npy('|u1', '(6, 2, 2, 5)', new Uint8Array(120)) },
      /2 × 2 × 5; expected 1, 3, 4 channels/,
    ],
    [
      'integers as pictures',
      { x_train: npy('<i8', '(6, 4, 4)', new Uint8Array(768)) },
      /type <i8; expected examples as uint8/,
    ],
    [
      'a number that is none',
      {
        x_train: npy(
          '<f4',
          '(6, 2)',
          Buffer.from(Float32Array.of(0, 0, 0, Number.NaN, ...new Array(8).fill(0)).buffer),
        ),
      },
      /NaN in row 1 at position 1/,
    ],
    [
      'a file that is cut off',
      { x_train: four('x_train').subarray(0, 150) },
      /x_train.npy has 22 bytes of values; expected 96/,
    ],
    [
      'a header that is cut off',
      { x_train: four('x_train').subarray(0, 40) },
      /ends in its header, after 40 bytes/,
    ],
    ['no .npy file', { x_train: Buffer.from('some text and more') }, /begins with 736f6d652074; expected/],
  ])('%s: refused, naming the file', async (_, changes, reason) => {
    await expect(loadDataset('mnist', { dataDir: arrays(changes) })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringMatching(reason),
    });
  });

  test('an array that is missing', async () => {
    await expect(loadDataset('mnist', { dataDir: arrays({ y_test: null }) })).rejects.toMatchObject({
      code: 'DATA_NOT_FOUND',
      message: expect.stringContaining('arrays has no y_test.npy'),
    });
  });

  test.each([
    ['cut off', (file: Buffer) => file.subarray(0, -60)],
    ['damaged', (file: Buffer) => file.fill(9, 200, 203)],
    ['no archive', () => Buffer.from('PK nothing')],
  ])('an archive that is %s', async (_, change) => {
    const dataDir = join(folder, 'some.npz');
    writeFileSync(dataDir, change(bytes(fixture.archives.stored)));
    await expect(loadDataset('mnist', { dataDir })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringMatching(/some.npz is no .npz file, or a damaged or cut off one/),
    });
  });
});
