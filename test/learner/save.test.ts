import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { types } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeSealed, encodeSealed } from '../../lib/checkpoint/sealed.js';
import { ContinualLearner } from '../../lib/learner/learner.js';
import type { StrategyDefinition } from '../../lib/training/definition.js';
import {
  baseline,
  features,
  memory,
  negative,
  rehearsing,
  small,
  task,
  weights,
} from '../support/learner.js';

let folder: string;
let saved: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-learner-'));
  saved = join(folder, 'saved');
  await using learner = await rehearsing();
  await learner.learn(task());
  await learner.save(saved);
});
afterAll(() => rm(folder, { recursive: true }));

/** All that can be seen of a learner. */
async function known(learner: ContinualLearner): Promise<unknown> {
  return [
    await weights(learner),
    await learner.memory(),
    await learner.evaluate([task(), negative(task())]),
    learner.tasks,
    learner.classes,
    learner.config,
  ];
}

const strategies = {
  baseline: {},
  er: memory,
  lfd: { ...memory, rehearsal: 0, smoothing: 0.5 },
  'er+lfd': memory,
};

describe('a learner that was saved and loaded', () => {
  test.each(Object.entries(strategies))('%s: goes on bit for bit', async (strategy, options) => {
    const path = join(folder, `learner-${strategy}`);
    const input = { strategy, ...small, ...options } as Parameters<typeof ContinualLearner.create>[0];
    await using learner = await ContinualLearner.create(input);
    await learner.learn(task());
    await learner.learn(negative(task(120, 5))); // the last layer has grown
    await learner.save(path);
    await using loaded = await ContinualLearner.load(path);
    expect(await known(loaded)).toEqual(await known(learner));
    for (const each of [learner, loaded]) await each.learn(task(120, 6));
    expect(await known(loaded)).toEqual(await known(learner));
    expect(loaded.tasks).toBe(3);
  });

  test.each([
    { optimizer: 'adam', schedule: 'cosine' },
    { optimizer: 'sgd', momentum: 0.9, nesterov: 'on', schedule: 'restarts', restartEpochs: 2 },
    { optimizer: 'adamw', schedule: 'steps', milestones: [2, 4] },
    { optimizer: 'sgd', engine: 'autograd', clipGradient: 0.5, schedule: 'cosine', warmUpEpochs: 1 },
  ] as const)(
    'goes on with the optimizer that it keeps, also where the last layer grows: %o',
    async (options) => {
      const path = join(folder, `learner-${options.optimizer}`);
      await using learner = await ContinualLearner.create({
        strategy: 'er',
        ...small,
        ...memory,
        ...options,
        optimizerState: 'keep',
      });
      await learner.learn(task());
      await learner.save(path);
      await using loaded = await ContinualLearner.load(path);
      for (const each of [learner, loaded]) await each.learn(negative(task(120, 5)));
      expect(await known(loaded)).toEqual(await known(learner));
    },
  );

  test('keeps examples that were numbers', async () => {
    await using learner = await rehearsing();
    const { inputs, labels } = task();
    await learner.learn({ inputs: Float32Array.from(inputs, (byte) => byte / 7 - 3), labels });
    const path = join(folder, 'numbers');
    await learner.save(path);
    await using loaded = await ContinualLearner.load(path);
    const [part] = await loaded.memory();
    expect(types.isFloat32Array(part?.inputs)).toBe(true);
    expect(await loaded.memory()).toEqual(await learner.memory());
  });

  test('may go on elsewhere', async () => {
    await using loaded = await ContinualLearner.load(saved, { threads: 2, engine: 'autograd' });
    expect(loaded.environment).toMatchObject({ threads: 2, engine: 'autograd' });
    await loaded.learn(negative(task()));
  });

  test('needs its strategy again if that is one’s own', async () => {
    const own: StrategyDefinition<Record<never, never>> = {
      name: 'mine',
      create: (config) => ({ beforeTask: ({ session }) => session.createOptimizer(config) }),
    };
    const path = join(folder, 'own');
    await using learner = await ContinualLearner.create({ strategy: own, ...small });
    await learner.learn(task());
    await learner.save(path);
    await expect(ContinualLearner.load(path)).rejects.toMatchObject({
      code: 'FILE_MISMATCH',
      message: expect.stringContaining("strategy 'mine', which is a custom one"),
    });
    await expect(ContinualLearner.load(saved, { strategy: own })).rejects.toMatchObject({
      code: 'FILE_MISMATCH',
    });
    await using loaded = await ContinualLearner.load(path, { strategy: own });
    expect(await weights(loaded)).toEqual(await weights(learner));
  });
});

describe('the file', () => {
  test('is safetensors with the weights by PyTorch’s names', async () => {
    await using learner = await ContinualLearner.load(saved);
    const file = await readFile(saved);
    const headerLength = Number(file.readBigUInt64LE(0));
    const header = JSON.parse(file.subarray(8, 8 + headerLength).toString());
    for (const { name, shape, data } of await learner.parameters()) {
      const { dtype, shape: written, data_offsets: offsets } = header[name];
      expect([dtype, written]).toEqual(['F32', shape]);
      const bytes = file.subarray(8 + headerLength + offsets[0], 8 + headerLength + offsets[1]);
      expect(Array.from(data.keys(), (k) => bytes.readFloatLE(4 * k))).toEqual(Array.from(data));
    }
  });

  test('cut off at any 64th byte or with a flipped byte is refused', async () => {
    const file = await readFile(saved);
    const path = join(folder, 'damaged');
    const refused = async (bytes: Uint8Array): Promise<void> => {
      await writeFile(path, bytes);
      await expect(ContinualLearner.load(path)).rejects.toMatchObject({
        code: expect.stringMatching(/^FILE_(DAMAGED|FOREIGN)$/),
      });
    };
    for (let length = 0; length < file.length; length += 64) await refused(file.subarray(0, length));
    for (let place = 0; place < file.length; place += 97) {
      const flipped = Buffer.from(file);
      flipped[place] = (flipped[place] ?? 0) ^ 0x10;
      await refused(flipped);
    }
  });

  test('of another kind, a later version or with other layers is told apart', async () => {
    const path = join(folder, 'other');
    const whole = decodeSealed(await readFile(saved), { kind: 'learner', version: 2 }, saved);
    const rejection = async (change: object): Promise<unknown> => {
      await writeFile(path, encodeSealed({ ...whole, ...change }));
      return ContinualLearner.load(path).catch((error: unknown) => error);
    };
    expect(await rejection({ kind: 'model' })).toMatchObject({ code: 'FILE_FOREIGN' });
    expect(await rejection({ version: 3 })).toMatchObject({ code: 'FILE_TOO_NEW' });
    expect(await rejection({ metadata: { learner: '{}' } })).toMatchObject({ code: 'FILE_FOREIGN' });
    const other = (whole.metadata.learner ?? '').replace('"hidden":[16]', '"hidden":[17]');
    expect(await rejection({ metadata: { learner: other } })).toMatchObject({ code: 'FILE_MISMATCH' });
    const outside = (whole.metadata.learner ?? '').replace('"classes":3', '"classes":0');
    expect(await rejection({ metadata: { learner: outside } })).toMatchObject({ code: 'CONFIG_INVALID' });
    const tensors = new Map(whole.tensors);
    const labels = tensors.get('memory.0.labels');
    if (!labels) throw new Error('The file was expected to have a memory.');
    tensors.set('memory.0.labels', { ...labels, bytes: new Uint8Array(labels.bytes.length).fill(1) });
    expect(await rejection({ tensors })).toMatchObject({ code: 'FILE_MISMATCH' });
    tensors.delete('memory.0.labels');
    expect(await rejection({ tensors })).toMatchObject({ code: 'FILE_FOREIGN' });
  });

  test('that is not there, or is a folder', async () => {
    await expect(ContinualLearner.load(join(folder, 'none'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    await expect(ContinualLearner.load(folder)).rejects.toMatchObject({ code: 'FILE_FOREIGN' });
  });

  test('in a folder that is missing: it is made', async () => {
    await using learner = await baseline();
    const path = join(folder, 'missing', 'deep', 'learner');
    await learner.save(path);
    await using loaded = await ContinualLearner.load(path);
    expect(await weights(loaded)).toEqual(await weights(learner));
  });

  test('that cannot be written is an error, and leaves nothing behind', async () => {
    await using learner = await baseline();
    await writeFile(join(folder, 'file'), '');
    await expect(learner.save(join(folder, 'file', 'x'))).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
    const place = join(folder, 'occupied');
    await mkdir(place);
    await expect(learner.save(place)).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
    expect((await learner.predict(task())).labels).toHaveLength(task().inputs.length / features);
  });
});
