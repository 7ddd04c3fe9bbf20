import { describe, expect, test } from 'vitest';
import { ClTorchError } from '../../lib/base/errors.js';
import { loadNative } from '../../lib/session/native.js';
import { Session } from '../../lib/session/session.js';
import { createTrainingGroup } from '../../lib/session/training-group.js';
import { mlpOf } from '../support/network.js';
import { articleAdamW, identity, prepare, syntheticRows } from '../support/synthetic.js';

async function failure(call: () => Promise<unknown>): Promise<ClTorchError> {
  try {
    await call();
  } catch (error) {
    expect(error).toBeInstanceOf(ClTorchError);
    return error as ClTorchError;
  }
  throw new Error('The call was expected to fail.');
}

/** `scripts/sanitize.mjs` runs the tests with GCC’s library loaded first. */
const isSanitized = (process.env.LD_PRELOAD ?? '').includes('libasan');

function open(): Promise<Session> {
  return Session.open({ device: 'cpu', threads: 1 });
}

describe('a session refuses', () => {
  test.each([
    [{ device: 'cpu', threads: 0 }, /'threads' must be an integer from 1 to 1024; found 0/],
    [{ device: 'cpu', threads: 1.5 }, /found 1.5/],
    [{ device: 7, threads: 1 }, /'device' must be a string; found 7/],
  ])('options %o', async (options, message) => {
    const error = await failure(() => Session.open(options as never));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toMatch(message);
  });

  test('a device that is not there, with what to do', async () => {
    const { runtimeInfo } = await loadNative();
    const missing = `cuda:${runtimeInfo().cudaDevices.length}`;
    const error = await failure(() => Session.open({ device: missing, threads: 1 }));
    expect(error.code).toBe('DEVICE_UNAVAILABLE');
    expect(error.message).toContain(missing);
    expect(error.message).toContain("'cpu'");
    expect((await failure(() => Session.open({ device: 'tpu', threads: 1 }))).code).toBe(
      'DEVICE_UNAVAILABLE',
    );
  });

  test('data whose sizes do not fit', async () => {
    using session = await open();
    const rows = syntheticRows(4, 3, 2);
    const error = await failure(() => session.loadDataset({ ...rows, features: 5 }));
    expect(error.message).toContain('4 × 5');
    expect(error.message).toContain('found 12');
    await failure(() => session.loadDataset({ ...rows, images: new Float64Array(12) as never }));
    await failure(() =>
      session.loadDataset({ images: new Uint8Array(), labels: new Uint8Array(), features: 1 }),
    );
  });

  test.each([
    [[0, 1, 3], /found 3\./],
    [[0, -2, 2], /found -2\./],
    [[], /at least one column/],
  ])('the columns %o', async (columns, message) => {
    using session = await open();
    const dataset = await session.loadDataset(syntheticRows(4, 3, 2));
    const error = await failure(() => session.addView({ dataset, columns: Int32Array.from(columns) }));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toMatch(message);
  });

  test('ids that were never given out', async () => {
    using session = await open();
    const columns = identity(3);
    expect((await failure(() => session.addView({ dataset: 0, columns }))).message).toContain('no data set');
    await session.createModel({ network: mlpOf([3, 2]), seed: 1 });
    expect((await failure(() => session.trainEpoch({ views: [9], batchSize: 1 }))).message).toContain(
      'no view',
    );
  });

  const search = {
    perTensor: false,
    radius: 20,
    ratios: [1],
    learningRate: 0.01,
    momentum: 0.7,
    decays: true,
    iterations: 1,
    batchSize: 8,
    smoothing: 0,
    trainingStream: false,
  };
  const descent = { start: 0.5, learningRate: 0.1, clip: 5, decays: true, iterations: 1, batchSize: 8 };

  test.each<[string, object, string]>([
    ['findDirection', { ...search, radius: 0 }, "'radius' must be above 0; found 0."],
    [
      'findDirection',
      { ...search, ratios: [0.5, -1] },
      "'ratios' must be shares of the radius, above 0 and at most 1",
    ],
    ['findDirection', { ...search, ratios: [2] }, "'ratios' must be shares"],
    ['findDirection', { ...search, momentum: 1.5 }, "'momentum' must be from 0 to 1; found 1.5."],
    ['findDirection', { ...search, smoothing: -0.1 }, "'smoothing' must be from 0 to 1; found -0.1."],
    ['findDirection', { ...search, learningRate: -1 }, "'learningRate' must be 0 or more; found -1."],
    ['setPenalties', [{ strength: -1 }], "'penalties[0].strength' must be 0 or more; found -1."],
    ['setPenalties', [{ strength: 1, gradient: 'none' }], "'penalties[0].gradient' must be"],
    ['findEquilibriumPoint', { ...descent, clip: 0 }, "'clip' must be above 0; found 0."],
    [
      'findEquilibriumPoint',
      { ...descent, clamp: [1, 0] },
      "'clamp' must be the least and the greatest lambda",
    ],
    ['findEquilibriumPoint', { ...descent, clamp: [0] }, "'clamp' must be the least and the greatest lambda"],
  ])('%s: %o', async (call, options, message) => {
    using session = await open();
    await prepare(session);
    const methods = session as unknown as Record<string, (options: object) => Promise<unknown>>;
    const error = await failure(() => methods[call]?.call(session, options) ?? Promise.resolve());
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toContain(`${call}: ${message}`);
  });

  test('training before there is a model or an optimiser', async () => {
    using session = await open();
    const dataset = await session.loadDataset(syntheticRows(4, 3, 2));
    const view = await session.addView({ dataset, columns: identity(3) });
    const train = (): Promise<unknown> => session.trainEpoch({ views: [view], batchSize: 2 });
    expect((await failure(() => session.createOptimizer(articleAdamW))).message).toContain('createModel');
    expect((await failure(train)).message).toContain('createModel');
    await session.createModel({ network: mlpOf([3, 2]), seed: 1 });
    expect((await failure(train)).message).toContain('createOptimizer');
  });

  test('data that does not fit the model', async () => {
    using session = await open();
    const view = await prepare(session, { features: 8, classes: 4 });
    await session.createModel({ network: mlpOf([9, 4]), seed: 1 });
    await session.createOptimizer(articleAdamW);
    expect((await failure(() => session.trainEpoch({ views: [view], batchSize: 2 }))).message).toContain(
      '8 features',
    );
    await session.createModel({ network: mlpOf([8, 3]), seed: 1 });
    await session.createOptimizer(articleAdamW);
    const error = await failure(() => session.evaluate({ views: [view], batchSize: 2 }));
    expect(error.message).toContain('label 3');
    expect(error.message).toContain('3 classes');
  });

  test('a model of more parameters than can be counted', async () => {
    using session = await open();
    const error = await failure(() =>
      session.createModel({ network: mlpOf([1 << 20, 1 << 20, 1 << 20]), seed: 1 }),
    );
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toContain('at most 2147483647 parameters');
    await prepare(session); // and goes on working
  });

  test('outputs larger than the memory, without a backtrace', async () => {
    using session = await open();
    await session.createModel({ network: mlpOf([1, 1, 1 << 20]), seed: 1 });
    const images = new Uint8Array(1 << 24);
    const error = await failure(() => session.predict({ images, features: 1, output: 'logits' }));
    expect(error.code).toBe('OUT_OF_MEMORY');
    expect(error.message).not.toMatch(/frame #|\.cpp:/);
    expect(error.message).toMatch(/About \d+ MB of (the container's )?memory can still be had/);
    expect(error.message).toContain('--micro-batch-size');
    await prepare(session); // and goes on working
  });

  test('a batch larger than the memory, with what was wanted and what there is', async () => {
    using session = await open();
    await session.createModel({ network: mlpOf([1, 1, 1 << 20]), seed: 1, engine: 'autograd' });
    const rows = 1_000_000;
    const dataset = await session.loadDataset({
      images: new Uint8Array(rows),
      labels: new Uint8Array(rows),
      features: 1,
    });
    const view = await session.addView({ dataset, columns: identity(1) });
    const error = await failure(() => session.evaluate({ views: [view], batchSize: rows }));
    expect(error.code).toBe('OUT_OF_MEMORY');
    expect(error.message).toContain(`tried to allocate ${rows * 4 * (1 << 20)} bytes`);
    expect(error.message).toMatch(/About \d+ MB of (the container's )?memory can still be had/);
    expect(error.message).toContain('--micro-batch-size');
    await session.createOptimizer(articleAdamW);
    const refused = await failure(() => session.trainEpoch({ views: [view], batchSize: rows }));
    expect(refused.code).toBe('OUT_OF_MEMORY');
    if (isSanitized) return; // it sees no use of freed memory where memory is recycled, by which the bytes are counted
    const fitting = Number(
      /examples pass the network at once: --micro-batch-size (\d+)\.$/.exec(refused.message)?.[1],
    );
    // An example has its outputs, their logarithms and their gradients: 12 to 20 MiB. Other tests may take memory meanwhile.
    const left = 1e6 * Number(/About (\d+) MB/.exec(refused.message)?.[1]);
    expect(fitting * 12 * (1 << 20)).toBeLessThan(1.2 * left);
    expect(fitting * 20 * (1 << 20)).toBeGreaterThan(0.2 * left);
  });
});

describe('a training group', () => {
  test.each([0, 1.5, 1025, '2'])('of %o places is refused', async (places) => {
    const error = await failure(() => createTrainingGroup({ places } as never));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toMatch(/TrainingGroup: 'places' must be an integer from 1 to 1024/);
  });

  test('takes no session on the CPU', async () => {
    const trainingGroup = await createTrainingGroup({ places: 2 });
    const error = await failure(() => Session.open({ device: 'cpu', threads: 1, trainingGroup }));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('on a GPU') });
  });

  test('takes none after it was disposed', async () => {
    const trainingGroup = await createTrainingGroup({ places: 2 });
    trainingGroup.dispose();
    trainingGroup.dispose();
    trainingGroup.leave();
    const error = await failure(() => Session.open({ device: 'cpu', threads: 1, trainingGroup }));
    expect(error.code).toBe('DISPOSED');
  });

  test('is told from everything else', async () => {
    const { TrainingGroup: Native } = await loadNative();
    using session = await open();
    const lookalike = Object.setPrototypeOf({}, Native.prototype);
    const disguised = Object.setPrototypeOf(session, Native.prototype);
    for (const trainingGroup of [{}, 7, null, lookalike, disguised]) {
      const error = await failure(() =>
        Session.open({ device: 'cpu', threads: 1, trainingGroup: trainingGroup as never }),
      );
      expect(error.code).toBe('INVALID_ARGUMENT');
      expect(error.message).toContain("'trainingGroup' must be a TrainingGroup");
    }
    Object.setPrototypeOf(session, Session.prototype);
  });
});

test('only what a method of Session belongs to may call it', async () => {
  const { Session: Native } = await loadNative();
  expect(() => Native.prototype.cancel.call({} as never)).toThrow();
  expect(() => Native.prototype.dispose.call(Object.create(Native.prototype) as never)).toThrow();
});
