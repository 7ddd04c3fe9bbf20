import { expect, test } from 'vitest';
import type { NamedTensor } from '../../binding.js';
import { Session } from '../../lib/session/session.js';
import { engine } from '../support/engine.js';
import { mlpOf } from '../support/network.js';
import { articleAdamW, identity, syntheticRows } from '../support/synthetic.js';

const layers = [12, 8, 3];
const direction = {
  perTensor: false,
  radius: 1,
  ratios: [1],
  learningRate: 0.1,
  momentum: 0,
  decays: false,
  iterations: 0,
  batchSize: 8,
  smoothing: 0,
  trainingStream: false,
};

async function open(): Promise<Session> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  await session.createModel({ network: mlpOf(layers), seed: 4, engine });
  return session;
}

function values(tensors: readonly NamedTensor[], name: string): number[] {
  return Array.from(tensors.find((tensor) => tensor.name === name)?.data ?? []);
}

test('a head that grows keeps what it knows and adds rows in the range of a fresh layer', async () => {
  using session = await open();
  const before = await session.parameters();
  await session.growHead(5);
  const after = await session.parameters();
  expect(after.map(({ shape }) => shape)).toEqual([[8, 12], [8], [5, 8], [5]]);
  for (const name of ['layers.0.weight', 'layers.0.bias'])
    expect(values(after, name)).toEqual(values(before, name));
  const bound = 1 / Math.sqrt(8); // nn.Linear's bound, for weights and biases alike
  for (const name of ['layers.1.weight', 'layers.1.bias']) {
    const old = values(before, name);
    const fresh = values(after, name).slice(old.length);
    expect(values(after, name).slice(0, old.length)).toEqual(old);
    expect(fresh.every((value) => value !== 0 && Math.abs(value) <= bound)).toBe(true);
    expect(new Set(fresh).size).toBe(fresh.length);
  }
});

test('w_t is expanded by the very rows that are new', async () => {
  using session = await open();
  await session.vectors.copy('parameters', 'anchor');
  await session.growHead(5);
  await session.findDirection(direction);
  await session.setPenalties([{ strength: 1, direction: 'direction' }]);
  expect(await session.deviation()).toBe(0); // nothing has moved: old rows and new rows stand at w_t
});

test('new classes can be learnt then, and old ones are still there to be told apart', async () => {
  using session = await open();
  const add = async (rows: ReturnType<typeof syntheticRows>): Promise<number> =>
    session.addView({ dataset: await session.loadDataset(rows), columns: identity(12) });
  const old = await add(syntheticRows(240, 12, 3));
  const all = await add(syntheticRows(240, 12, 5));
  await expect(session.evaluate({ views: [all], batchSize: 64 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  await session.growHead(5);
  await expect(session.trainEpoch({ views: [all], batchSize: 16 })).rejects.toThrow(/createOptimizer/);
  await session.createOptimizer({ ...articleAdamW, learningRate: 0.01 });
  for (let epoch = 0; epoch < 40; ++epoch) await session.trainEpoch({ views: [all], batchSize: 16 });
  const { correct } = await session.evaluate({ views: [all, old], batchSize: 64 });
  expect((correct[0] ?? 0) / 240).toBeGreaterThan(0.9);
});

test('a head only grows', async () => {
  using session = await open();
  await expect(session.growHead(3)).rejects.toThrow(/has 3 classes and can only grow/);
});
