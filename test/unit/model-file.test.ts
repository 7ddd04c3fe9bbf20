import { describe, expect, test } from 'vitest';
import { decodeModel, encodeModel } from '../../lib/checkpoint/model-file.js';
import { float32Tensor } from '../../lib/files/safetensors/format.js';
import { decodeTensors } from '../../lib/files/safetensors/read.js';
import { encodeTensors } from '../../lib/files/safetensors/write.js';
import { encodeCheckpoint } from '../../lib/runs/checkpoint.js';
import { checkpoint, modelFile, tensors } from '../support/checkpoint.js';
import { flipped } from '../support/files.js';
import { mlpOf } from '../support/network.js';
import { errorOf } from '../support/refusal.js';

const network = mlpOf([4, 3, 2]);
const file = encodeCheckpoint(checkpoint);

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
      const { code, message } = errorOf(() => decodeModel(bytes, 'x', task));
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
    const { code, message } = errorOf(() => decodeModel(bytes, 'm.safetensors'));
    expect(code).toBe('FILE_MISMATCH');
    expect(message).toContain(text);
  });

  test('that is damaged, foreign or a checkpoint is told so', () => {
    const bytes = modelFile(network, parameters);
    expect(errorOf(() => decodeModel(flipped(bytes, bytes.length - 1, 1), 'm')).code).toBe('FILE_DAMAGED');
    expect(errorOf(() => decodeModel(bytes.subarray(0, 100), 'm')).code).toBe('FILE_DAMAGED');
    expect(errorOf(() => decodeModel(Buffer.from('hello, I am a text of some length'), 'm')).code).toBe(
      'FILE_FOREIGN',
    );
    expect(errorOf(() => decodeModel(file, 'm')).code).toBe('FILE_FOREIGN');
  });
});
