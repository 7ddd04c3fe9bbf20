import { describe, expect, test } from 'vitest';
import type { NamedTensor, NetworkSpec } from '../../binding.js';
import { ClTorchError } from '../../lib/base/errors.js';
import { toJson } from '../../lib/checkpoint/json.js';
import { decodeModel, encodeModel } from '../../lib/checkpoint/model-file.js';
import { decodeSealed, encodeSealed } from '../../lib/checkpoint/sealed.js';
import { type FileTensor, float32Tensor } from '../../lib/files/safetensors/format.js';
import { decodeTensors } from '../../lib/files/safetensors/read.js';
import { encodeTensors } from '../../lib/files/safetensors/write.js';
import { decodeCheckpoint, encodeCheckpoint } from '../../lib/runs/checkpoint.js';
import { checkpoint, snapshot, tensors } from '../support/checkpoint.js';
import { flipped, seededRandom } from '../support/files.js';
import { mlpOf } from '../support/network.js';

const network = mlpOf([4, 3, 2]);
const file = encodeCheckpoint(checkpoint);

/** A model file of an MLP. */
function modelFile(
  of: NetworkSpec,
  parameters: readonly NamedTensor[],
  metadata: Record<string, string> = {},
): Uint8Array {
  return encodeModel(of, { parameters, buffers: [] }, metadata);
}

/** The code and text of the error with which a file is refused; any other error fails the test. */
function refusal(read: () => unknown): { code: string; message: string } {
  try {
    read();
  } catch (error) {
    if (error instanceof ClTorchError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('The file was read.');
}

const refusalOf = (bytes: Uint8Array) =>
  refusal(() => decodeCheckpoint(bytes, 'runs/1/checkpoint.safetensors'));

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

describe('a model file', () => {
  const parameters = tensors(0);

  test('is read as it was written', () => {
    const read = decodeModel(modelFile(network, parameters, { note: 'mine' }), 'x');
    expect(read).toEqual({ network: mlpOf([4, 3, 2]), parameters, buffers: [], metadata: { note: 'mine' } });
  });

  test('of tasks with weights of their own has each task’s, and asks for the task', () => {
    const ofTasks = [0, 1].map((task) => ({
      parameters: parameters.map((tensor) => ({ ...tensor, data: tensor.data.map((value) => value + task) })),
      buffers: [],
    }));
    const bytes = encodeModel(network, ofTasks, { note: 'mine' });
    for (const [task, weights] of ofTasks.entries()) {
      expect(decodeModel(bytes, 'x', task)).toEqual({
        ...{ network: mlpOf([4, 3, 2]), tasks: 2, metadata: { note: 'mine' } },
        ...weights,
      });
    }
    expect([...decodeTensors(bytes).tensors.keys()].slice(0, 2)).toEqual([
      'tasks.0.layers.0.weight',
      'tasks.0.layers.0.bias',
    ]);
    for (const task of [undefined, 2, 0.5]) {
      const { code, message } = refusal(() => decodeModel(bytes, 'x', task));
      expect(code).toBe('CONFIG_INVALID');
      expect(message).toContain('x has weights for each of 2 tasks');
      expect(message).toContain('a whole number from 0 to 1');
    }
  });

  test('keeps NaN and infinity: a diverged network can be looked at', () => {
    const diverged = parameters.map((tensor) => ({ ...tensor, data: tensor.data.map(() => Number.NaN) }));
    expect(decodeModel(modelFile(network, diverged), 'x').parameters).toEqual(diverged);
  });

  const renamed = (names: readonly string[]): Uint8Array => {
    const entries = parameters.map(
      ({ shape, data }, i) => [names[i] ?? '', float32Tensor(shape, data)] as const,
    );
    return encodeTensors({ tensors: new Map(entries), metadata: {} });
  };

  test.each([
    [['layers.0.weight', 'layers.0.bias', 'layers.1.weight', 'layers.1.bias']],
    [['fc_before_last.weight', 'fc_before_last.bias', 'fc_out.weight', 'fc_out.bias']],
  ])('of PyTorch’s, with the names %o, is read', (names) => {
    expect(decodeModel(renamed(names), 'x')).toMatchObject({ network: mlpOf([4, 3, 2]), parameters });
  });

  test('of four layers under the reference implementation’s names is put in the order of the network', () => {
    const widths = [2, 3, 4, 5, 6];
    const names = ['fc_out', 'fc2', 'fc_before_last', 'fc1']; // as a writer that sorts otherwise may leave them
    const order = ['fc1', 'fc2', 'fc_before_last', 'fc_out'];
    const entries = names.flatMap((name) => {
      const layer = order.indexOf(name);
      const [inputs = 0, outputs = 0] = [widths[layer], widths[layer + 1]];
      const weight = float32Tensor([outputs, inputs], new Float32Array(outputs * inputs).fill(layer));
      const bias = float32Tensor([outputs], new Float32Array(outputs).fill(10 + layer));
      return [[`${name}.weight`, weight] as const, [`${name}.bias`, bias] as const];
    });
    const read = decodeModel(encodeTensors({ tensors: new Map(entries), metadata: {} }), 'x');
    expect(read.network).toEqual(mlpOf(widths));
    expect(read.parameters.map(({ data }) => data[0])).toEqual([0, 10, 1, 11, 2, 12, 3, 13]);
  });

  const change = (index: number, part: object) =>
    modelFile(
      network,
      parameters.map((tensor, i) => (i === index ? { ...tensor, ...part } : tensor)),
    );

  test.each<[string, Uint8Array, string]>([
    [
      'other names',
      renamed(['a.weight', 'a.bias', 'b.weight', 'b.bias']),
      'its tensors are a.weight, a.bias',
    ],
    ['no tensors', modelFile(network, []), 'its tensors are none'],
    [
      'a tensor more',
      modelFile(network, [...parameters, { name: 'extra', shape: [1], data: Float32Array.of(1) }]),
      'extra',
    ],
    ['a missing bias', modelFile(network, parameters.slice(0, 3)), 'not layers.0.weight'],
    [
      'a bias of another length',
      change(1, { shape: [2], data: Float32Array.of(1, 2) }),
      'layer 0 has F32 [3, 4] and F32 [2]',
    ],
    [
      'layers that do not follow each other',
      change(2, { shape: [2, 1], data: Float32Array.of(1, 2) }),
      'layer 1 has F32 [2, 1]',
    ],
    [
      'another network than it names',
      modelFile(mlpOf([4, 2]), parameters),
      'its tensors are those of mlp (input 4',
    ],
    ['a weight of three dimensions', change(0, { shape: [3, 2, 2] }), 'layer 0 has F32 [3, 2, 2]'],
  ])('with %s does not fit', (_name, bytes, text) => {
    const { code, message } = refusal(() => decodeModel(bytes, 'm.safetensors'));
    expect(code).toBe('FILE_MISMATCH');
    expect(message).toContain(text);
  });

  test('that is damaged, foreign or a checkpoint is told so', () => {
    const bytes = modelFile(network, parameters);
    expect(refusal(() => decodeModel(flipped(bytes, bytes.length - 1, 1), 'm')).code).toBe('FILE_DAMAGED');
    expect(refusal(() => decodeModel(bytes.subarray(0, 100), 'm')).code).toBe('FILE_DAMAGED');
    expect(refusal(() => decodeModel(Buffer.from('hello, I am a text of some length'), 'm')).code).toBe(
      'FILE_FOREIGN',
    );
    expect(refusal(() => decodeModel(file, 'm')).code).toBe('FILE_FOREIGN');
  });
});

test('numbers that JSON loses are kept', () => {
  expect(toJson([Number.NaN, -0, 1.5])).toBe('[{"number":"NaN"},{"number":"-0"},1.5]');
});
