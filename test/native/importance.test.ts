import { describe, expect, test } from 'vitest';
import { Session } from '../../lib/session/session.js';
import { meanLoss } from '../support/float64-network.js';
import { mlpOf } from '../support/network.js';
import { identity, syntheticRows } from '../support/synthetic.js';
import { flat, largestDifference, noise, split } from '../support/vectors.js';

const layers = [6, 5, 4, 3];
const lengths = [30, 5, 20, 4, 12, 3];
const count = 74;
const rows = 7;
const data = syntheticRows(rows, 6, 3);
const parameters = noise(count, 3).map((value) => Math.fround(0.8 * value));

/** -log p(label | row) in float64, and its gradient by central differences. */
function slope(row: number, label: number): { loss: number; gradient: number[] } {
  const example = {
    ...data,
    images: data.images.slice(row * 6, (row + 1) * 6),
    labels: Int32Array.of(label),
  };
  const loss = (vector: readonly number[]): number => meanLoss(layers, vector, example);
  const step = 1e-5;
  const gradient = parameters.map((_, i) => {
    const moved = (by: number): number[] => parameters.map((value, k) => (k === i ? value + by : value));
    return (loss(moved(step)) - loss(moved(-step))) / (2 * step);
  });
  return { loss: loss(parameters), gradient };
}

/** The mean over the rows of the squared gradients, by the labels' shares. */
function expected(fisher: 'exact' | 'empirical'): number[] {
  const sum = new Array<number>(count).fill(0);
  for (let row = 0; row < rows; ++row) {
    const labels = fisher === 'exact' ? [0, 1, 2] : [data.labels[row] ?? 0];
    for (const label of labels) {
      const { loss, gradient } = slope(row, label);
      const share = fisher === 'exact' ? Math.exp(-loss) : 1;
      for (const [i, value] of gradient.entries()) sum[i] = (sum[i] ?? 0) + (share * value * value) / rows;
    }
  }
  return sum;
}

async function open(engine: 'autograd' | 'fused'): Promise<{ session: Session; view: number }> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  const view = await session.addView({ dataset: await session.loadDataset(data), columns: identity(6) });
  await session.createModel({ network: mlpOf(layers), seed: 1, engine });
  await session.setParameters(split(parameters, lengths));
  return { session, view };
}

describe.each(['autograd', 'fused'] as const)('%s', (engine) => {
  test.each(['exact', 'empirical'] as const)(
    'the %s Fisher information is that of finite differences',
    async (fisher) => {
      const { session, view } = await open(engine);
      using _ = session;
      await session.importance({ view, rows: identity(rows), fisher });
      const found = flat(await session.vectors.get('importance'));
      const scale = Math.max(...expected(fisher));
      expect(scale).toBeGreaterThan(1e-3);
      expect(largestDifference(found, expected(fisher)) / scale).toBeLessThan(1e-4);
      expect(flat(await session.parameters())).toEqual(parameters); // and nothing else changes
    },
  );

  test('more rows than are taken at once are a mean as well', async () => {
    const session = await Session.open({ device: 'cpu', threads: 1 });
    using _ = session;
    const many = await session.loadDataset(syntheticRows(600, 6, 3));
    const view = await session.addView({ dataset: many, columns: identity(6) });
    await session.createModel({ network: mlpOf(layers), seed: 1, engine });
    await session.importance({ view, rows: identity(600), target: 'all', fisher: 'empirical' });
    const halves = [identity(300), identity(300).map((row) => row + 300)];
    for (const [half, these] of halves.entries()) {
      await session.importance({ view, rows: these, target: `half${half}`, fisher: 'empirical' });
    }
    await session.vectors.add('half0', 'half1');
    await session.vectors.scale('half0', 0.5);
    const [all, mean] = [flat(await session.vectors.get('all')), flat(await session.vectors.get('half0'))];
    expect(largestDifference(all, mean) / Math.max(...mean)).toBeLessThan(1e-5);
  });

  test('rows that are not there, or none, are refused', async () => {
    const { session, view } = await open(engine);
    using _ = session;
    await expect(session.importance({ view, rows: Int32Array.of(7) })).rejects.toThrow(/no row 7/);
    await expect(session.importance({ view, rows: Int32Array.of() })).rejects.toThrow(/at least one row/);
    expect(await session.vectors.names()).toEqual([]);
  });
});
