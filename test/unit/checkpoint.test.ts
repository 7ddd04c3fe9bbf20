import { describe, expect, test } from 'vitest';
import { toJson } from '../../lib/checkpoint/json.js';
import { decodeSealed, encodeSealed } from '../../lib/checkpoint/sealed.js';
import { type FileTensor, float32Tensor } from '../../lib/files/safetensors/format.js';
import { decodeTensors } from '../../lib/files/safetensors/read.js';
import { encodeTensors } from '../../lib/files/safetensors/write.js';
import { decodeCheckpoint, encodeCheckpoint } from '../../lib/runs/checkpoint.js';
import { checkpoint, modelFile, snapshot, tensors } from '../support/checkpoint.js';
import { flipped, seededRandom } from '../support/files.js';
import { mlpOf } from '../support/network.js';
import { errorOf } from '../support/refusal.js';

const network = mlpOf([4, 3, 2]);
const file = encodeCheckpoint(checkpoint);

const refusalOf = (bytes: Uint8Array) =>
  errorOf(() => decodeCheckpoint(bytes, 'runs/1/checkpoint.safetensors'));

describe('a checkpoint', () => {
  test('is read as it was written: every part, every bit, NaN and -0 too', () => {
    expect(decodeCheckpoint(file, 'x')).toEqual(checkpoint);
    expect(Object.is(decodeCheckpoint(file, 'x').result.taskReports[0]?.measures.deviation?.value, -0)).toBe(
      true,
    );
  });

  test('of a session without method and optimiser is read as it was written', () => {
    const bare = { ...snapshot, optimizer: null, vectors: {}, penalties: [], memory: [] };
    const written = { ...checkpoint, session: bare };
    expect(decodeCheckpoint(encodeCheckpoint(written), 'x')).toEqual(written);
  });

  test('of a session with gates is read as it was written', () => {
    const gates = { embedding: 'sums', used: 'path', steepness: 400, capacity: 0.75, rate: 0.05 };
    const written = { ...checkpoint, session: { ...snapshot, gates } };
    expect(decodeCheckpoint(encodeCheckpoint(written), 'x')).toEqual(written);
  });

  test('has the weights under the names of a model file', () => {
    const { tensors: inFile } = decodeTensors(file);
    for (const { name, shape, data } of snapshot.parameters) {
      expect(inFile.get(name)).toEqual(float32Tensor(shape, data));
    }
  });

  test('cut off at every 64th byte, and at each of the first and last 200, is told to be damaged', () => {
    const lengths = Array.from({ length: file.length }, (_, i) => i).filter(
      (i) => i % 64 === 0 || i < 200 || i > file.length - 200,
    );
    for (const length of lengths) {
      expect(refusalOf(file.subarray(0, length)), `cut off at ${length}`).toMatchObject({
        code: 'FILE_DAMAGED',
      });
    }
    expect(lengths.length).toBeGreaterThan(400);
  });

  test('with any one byte changed is refused', () => {
    const random = seededRandom(1);
    const codes = new Map<string, number>();
    for (let place = 0; place < file.length; ++place) {
      const mask = 1 + Math.floor(random() * 255);
      const { code } = refusalOf(flipped(file, place, mask));
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    // Only the first bytes of the header tell whose file it is.
    expect([...codes.keys()].sort()).toEqual(['FILE_DAMAGED', 'FILE_FOREIGN']);
    expect(codes.get('FILE_FOREIGN')).toBeLessThan(40);
  });

  test('with bytes after its end is told to be damaged', () => {
    expect(refusalOf(Buffer.concat([file, file]))).toMatchObject({ code: 'FILE_DAMAGED' });
  });

  test.each<[string, Uint8Array]>([
    ['text', Buffer.from('epoch,loss\n0,1.5\n'.repeat(20))],
    ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['a pickle of torch.save', Buffer.from(`PK\x03\x04${'\0'.repeat(200)}archive/data.pkl`)],
    ['another program’s safetensors', encodeTensors({ tensors: new Map(), metadata: { format: 'pt' } })],
    ['a model file of this package', modelFile(network, tensors(0))],
  ])('is told from %s', (_name, bytes) => {
    expect(refusalOf(bytes)).toMatchObject({ code: 'FILE_FOREIGN' });
  });

  test('of a newer version is told to be newer, and which one is read', () => {
    const newer = { ...decodeSealed(file, { kind: 'checkpoint', version: 2 }, 'x'), version: 7 };
    const { code, message } = refusalOf(encodeSealed(newer));
    expect(code).toBe('FILE_TOO_NEW');
    expect(message).toContain('has format version 7; this version of cl-torch reads 2');
    expect(message).toContain('Update cl-torch');
  });

  test('of an older version is told to be older, and what to do', () => {
    const older = { ...decodeSealed(file, { kind: 'checkpoint', version: 2 }, 'x'), version: 1 };
    const { code, message } = refusalOf(encodeSealed(older));
    expect(code).toBe('FILE_TOO_OLD');
    expect(message).toContain(
      'has format version 1, which a cl-torch before 0.1.0 wrote; this version reads 2',
    );
    expect(message).toContain('--force');
  });

  const sealed = decodeSealed(file, { kind: 'checkpoint', version: 2 }, 'x');
  const state = JSON.parse(sealed.metadata.state ?? '');
  const withState = (changes: object): Uint8Array =>
    encodeSealed({ ...sealed, metadata: { state: JSON.stringify({ ...state, ...changes }) } });

  test.each<[string, Uint8Array, string]>([
    ['no state', encodeSealed({ ...sealed, metadata: {} }), 'JSON'],
    ['a position after the end', withState({ position: { tasksDone: 3, epochsDone: 1 } }), 'contradict'],
    [
      'a position that its numbers do not reach',
      withState({ position: { tasksDone: 1, epochsDone: 2 } }),
      'contradict',
    ],
    ['a negative position', withState({ position: { tasksDone: -1, epochsDone: 0 } }), 'tasksDone'],
    ['a begun task without its report', withState({ report: null }), 'contradict'],
    ['accuracies that are text', withState({ result: { ...state.result, accuracy: 'high' } }), 'accuracy'],
    [
      'a row of accuracies that is too long',
      withState({ result: { ...state.result, accuracy: [[1, 2]] } }),
      'contradict',
    ],
    ['another optimiser', withState({ session: { ...state.session, optimizer: { steps: 1 } } }), 'optimizer'],
    ['streams of other names', withState({ session: { ...state.session, streams: ['guest'] } }), 'streams'],
    [
      'more parameters than tensors',
      withState({
        session: { ...state.session, parameters: [...state.session.parameters, 'layers.2.weight'] },
      }),
      "'layers.2.weight' is missing",
    ],
    [
      'a network of no size',
      withState({ session: { ...state.session, network: { ...state.session.network, classes: 0 } } }),
      'classes',
    ],
    [
      'a missing tensor',
      encodeSealed({ ...sealed, tensors: without('vectors.anchor.layers.1.bias') }),
      "'vectors.anchor.layers.1.bias' is missing",
    ],
    [
      'rows that are floats',
      encodeSealed({ ...sealed, tensors: replaced('memory.0.rows') }),
      "'memory.0.rows' has type F32, not I32",
    ],
  ])('with %s is told to be damaged, however right its checksum is', (_name, bytes, text) => {
    const { code, message } = refusalOf(bytes);
    expect(code).toBe('FILE_DAMAGED');
    expect(message).toContain(text);
  });

  function without(name: string): Map<string, FileTensor> {
    return new Map([...sealed.tensors].filter(([key]) => key !== name));
  }

  function replaced(name: string): Map<string, FileTensor> {
    return new Map(sealed.tensors).set(name, float32Tensor([1], Float32Array.of(1)));
  }
});

test('numbers that JSON loses are kept', () => {
  expect(toJson([Number.NaN, -0, 1.5])).toBe('[{"number":"NaN"},{"number":"-0"},1.5]');
});
