import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClTorchError, codeOf, isClTorchError, messageOf } from '../../lib/base/errors.js';
import { loadModel, saveModel } from '../../lib/checkpoint/model-file.js';
import { float32Tensor } from '../../lib/files/safetensors/format.js';
import { encodeTensors } from '../../lib/files/safetensors/write.js';
import { decodeLearner, encodeLearner, type LearnerState, writeLearner } from '../../lib/learner/file.js';
import { checkedTask, requireFinite } from '../../lib/learner/task-data.js';
import { eventLine } from '../../lib/sinks/event-log.js';
import { snapshot } from '../support/checkpoint.js';
import { mlpOf } from '../support/network.js';
import { refusal } from '../support/refusal.js';

/** A value of another global object, such as Jest gives every test file. */
const foreign = createContext({});
const made = <Value>(code: string): Value => runInContext(code, foreign) as Value;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-realms-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('arrays of another realm', () => {
  test('are what they are to a learner', () => {
    const inputs = made<Float32Array>('Float32Array.of(0, 1, 0.5, 0.25)');
    expect(inputs instanceof Float32Array).toBe(false);
    const task = checkedTask({ inputs, labels: made<Uint8Array>('Uint8Array.of(0, 1)') }, 2, 10);
    expect(task.images).toBe(inputs);
    expect(Array.from(task.labels)).toEqual([0, 1]);
  });

  test('are checked as strictly as any: NaN is refused', () => {
    const inputs = made<Float32Array>('Float32Array.of(0, NaN)');
    expect(() => requireFinite(inputs, 2)).toThrow('every value must be finite');
  });

  test.each(['Float32Array', 'Float64Array', 'Int32Array', 'Uint8Array'])(
    'are arrays in an event log: %s',
    (type) => {
      const stepLosses = made<Float32Array>(`${type}.of(1, 2)`);
      const line = eventLine({ type: 'epoch', stepLosses } as never, new Date(0));
      expect(JSON.parse(line)).toMatchObject({ stepLosses: [1, 2] });
    },
  );

  test('in a memory are saved so that the file is read again', () => {
    const inputs = made<Float32Array>('Float32Array.of(0, 1, 0.5, 0.25)');
    const state = stateWith(inputs);
    expect(decodeLearner(encodeLearner(state), 'file').memory[0]?.inputs).toEqual(Float32Array.from(inputs));
  });

  test('make a model file that is read again', async () => {
    const path = join(folder, 'foreign.safetensors');
    const data = made<Float32Array>('Float32Array.of(1, 2)');
    const bias = made<Float32Array>('Float32Array.of(3)');
    await saveModel(path, [
      { name: 'layers.0.weight', shape: [1, 2], data },
      { name: 'layers.0.bias', shape: made('[1]'), data: bias },
    ]);
    expect((await loadModel(path)).network).toEqual(mlpOf([2, 1]));
  });

  test('as an option beside a preset that fixes the same is no contradiction', () => {
    const config = made<object>("({ strategy: 'lfd', preset: 'reference', lambdaClamp: undefined })");
    expect(() => refusal(config)).toThrow('accepted');
    expect(refusal(made("({ strategy: 'lfd', preset: 'reference', ratios: [0.5] })"))).toContain('ratios');
    expect(() =>
      refusal(made("({ strategy: 'lfd', preset: 'reference', ratios: [0.3, 0.5, 0.7, 0.9, 1] })")),
    ).toThrow('accepted');
  });
});

describe('errors of another realm', () => {
  const error = made<Error>("Object.assign(new Error('gone'), { code: 'ENOENT' })");

  test('keep their message and code', () => {
    expect(error instanceof Error).toBe(false);
    expect([messageOf(error), codeOf(error)]).toEqual(['gone', 'ENOENT']);
  });

  test('of this package are known by their name and code', () => {
    const twin = made("Object.assign(new Error('x'), { name: 'ClTorchError', code: 'ABORTED' })");
    expect(isClTorchError(twin)).toBe(true);
    expect(isClTorchError(new ClTorchError('ABORTED', 'x'))).toBe(true);
    for (const other of [error, undefined, null, 'ABORTED', { name: 'ClTorchError', code: 'EPERM' }]) {
      expect(isClTorchError(other)).toBe(false);
    }
  });

  test.each([
    ['text', 'text'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [3n, '3n'],
    [Object.create(null), '[Object: null prototype] {}'],
    [
      {
        get message() {
          throw new Error('no');
        },
      },
      '{ message: [Getter] }',
    ],
  ])('whatever was thrown has a message: case %#', (thrown, message) => {
    expect(messageOf(thrown)).toBe(message);
  });
});

describe('a file that could not be read again', () => {
  test('is not written over a good one', async () => {
    const path = join(folder, 'learner.safetensors');
    await writeFile(path, encodeLearner(stateWith(Float32Array.of(0, 1, 0.5, 0.25))));
    const good = await readFile(path);
    const torn = stateWith(Float32Array.of(0, 1, 0.5)); // three numbers are no two rows
    await expect(writeLearner(path, torn)).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
    expect(await readFile(path)).toEqual(good);
  });

  test('is not made of a tensor whose shape does not fit its bytes', () => {
    for (const shape of [[3], [2, 2], [-2], [1.5], [2 ** 53]]) {
      const tensors = new Map([['a', float32Tensor(shape, new Float32Array(2))]]);
      expect(() => encodeTensors({ tensors, metadata: {} })).toThrow(
        "'a' has 8 bytes, which does not fit its shape",
      );
    }
  });

  const layer = [
    { name: 'layers.0.weight', shape: [1, 2], data: Float32Array.of(1, 2) },
    { name: 'layers.0.bias', shape: [1], data: Float32Array.of(3) },
  ];
  test.each([
    ['a shape that does not fit', [{ ...layer[0], shape: [2, 2] }, layer[1]], {}],
    ['a tensor that is missing', [layer[0]], {}],
    ['two tensors of one name', [layer[0], layer[0]], {}],
    ['data of another type', [{ ...layer[0], data: [1, 2] }, layer[1]], {}],
    ['metadata that are no text', layer, { epochs: 3 }],
    ["metadata in the place of the file's own", layer, { sha256: 'x' }],
    ['no list', undefined, {}],
    [
      'a list with a gap',
      Object.assign(new Array(3), { 0: layer[0], 2: layer[1] }),
      {},
      'parameters[1] must',
    ],
  ])('is not made by saveModel: %s', async (_, parameters, metadata, text = '') => {
    const path = join(folder, 'model.safetensors');
    await saveModel(path, layer, { note: 'good', 7: 'a number for a key' });
    await expect(saveModel(path, parameters as never, metadata as never)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(text),
    });
    expect((await loadModel(path)).metadata).toEqual({ note: 'good', 7: 'a number for a key' });
  });
});

/** A learner's state, with a memory of two examples. */
function stateWith(inputs: Float32Array): LearnerState {
  return {
    config: { strategy: 'er', inputs: 2, hidden: [3], classes: 2 } as unknown as LearnerState['config'],
    tasks: 1,
    snapshot: { ...snapshot, memory: [{ view: 0, rows: Int32Array.of(0, 1), targets: null }] },
    memory: [{ inputs, labels: Int32Array.of(0, 1) }],
  };
}
