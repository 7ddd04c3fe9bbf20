import { describe, expect, test } from 'vitest';
import { Session } from '../../lib/session/session.js';
import { meanLoss, outputs } from '../support/float64-network.js';
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
  return { loss: loss(parameters), gradient: gradientOf(loss) };
}

/** The squared length of the outputs in float64, and the mean over the rows of its gradient's absolute values. */
function expectedOfOutputs(): number[] {
  const sum = new Array<number>(count).fill(0);
  for (let row = 0; row < rows; ++row) {
    const pixels = [...data.images.slice(row * 6, (row + 1) * 6)].map((value) => value / 255);
    const length = (vector: readonly number[]): number =>
      outputs(layers, vector, pixels).reduce((all, value) => all + value * value, 0);
    for (const [i, value] of gradientOf(length).entries()) sum[i] = (sum[i] ?? 0) + Math.abs(value) / rows;
  }
  return sum;
}

/** By central differences at the parameters. */
function gradientOf(loss: (vector: readonly number[]) => number): number[] {
  const step = 1e-5;
  return parameters.map((_, i) => {
    const moved = (by: number): number[] => parameters.map((value, k) => (k === i ? value + by : value));
    return (loss(moved(step)) - loss(moved(-step))) / (2 * step);
  });
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

test('the fused engine has the same bits with any number of threads', async () => {
  const of = async (threads: number): Promise<number[]> => {
    using session = await Session.open({ device: 'cpu', threads });
    const view = await session.addView({
      dataset: await session.loadDataset(syntheticRows(300, 40, 3)),
      columns: identity(40),
    });
    await session.createModel({ network: mlpOf([40, 60, 50, 4]), seed: 1 });
    await session.importance({ view, rows: identity(300) });
    return flat(await session.vectors.get('importance'));
  };
  const one = await of(1);
  expect(Math.max(...one)).toBeGreaterThan(0);
  for (const threads of [2, 3]) expect(await of(threads)).toEqual(one);
});

describe.each(['autograd', 'fused'] as const)('%s', (engine) => {
  test.each(['exact', 'empirical'] as const)(
    'the %s Fisher information is that of finite differences',
    async (fisher) => {
      const { session, view } = await open(engine);
      using _ = session;
      await session.importance({ view, rows: identity(rows), kind: fisher });
      const found = flat(await session.vectors.get('importance'));
      const scale = Math.max(...expected(fisher));
      expect(scale).toBeGreaterThan(1e-3);
      expect(largestDifference(found, expected(fisher)) / scale).toBeLessThan(1e-4);
      expect(flat(await session.parameters())).toEqual(parameters); // and nothing else changes
    },
  );

  test('the exact Fisher information over some of the classes is that of each label by its probability', async () => {
    const { session, view } = await open(engine);
    using _ = session;
    const classes = { begin: 1, end: 3 };
    await session.setClasses([view], { begin: 2, end: 3 });
    const last = await session.addView({ dataset: 0, columns: identity(6), labels: Int32Array.of(2, 2, 2) });
    await session.setClasses([last], { begin: 2, end: 3 });
    await session.importance({ view: last, rows: identity(rows) });
    expect(flat(await session.vectors.get('importance')).every((value) => value === 0)).toBe(true); // of one class there is none
    const logits = await session.predict({ images: data.images, features: 6, output: 'logits' });
    let expected = new Array<number>(count).fill(0);
    for (const label of [1, 2]) {
      const labelled = await session.addView({
        dataset: 0,
        columns: identity(6),
        labels: Int32Array.of(label, label, label),
      });
      await session.setClasses([labelled], classes);
      for (let row = 0; row < rows; ++row) {
        await session.importance({ view: labelled, rows: Int32Array.of(row), kind: 'empirical' });
        const [one = 0, two = 0] = logits.subarray(3 * row + 1, 3 * row + 3);
        const p = 1 / (1 + Math.exp(label === 1 ? two - one : one - two));
        const squares = flat(await session.vectors.get('importance'));
        expected = expected.map((sum, i) => sum + (p * (squares[i] ?? Number.NaN)) / rows);
      }
    }
    const ranged = await session.addView({
      dataset: 0,
      columns: identity(6),
      labels: Int32Array.of(1, 1, 2),
    });
    await session.setClasses([ranged], classes);
    await session.importance({ view: ranged, rows: identity(rows) });
    const found = flat(await session.vectors.get('importance'));
    const scale = Math.max(...expected);
    expect(scale).toBeGreaterThan(1e-4);
    expect(largestDifference(found, expected) / scale).toBeLessThan(1e-5);
  });

  test('of probabilities near 0 and 1 it is finite, and no less than 0', async () => {
    const { session, view } = await open(engine);
    using _ = session;
    await session.setParameters(
      split(
        parameters.map((value) => 60 * value),
        lengths,
      ),
    );
    await session.importance({ view, rows: identity(rows) });
    const found = flat(await session.vectors.get('importance'));
    expect(found.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
  });

  test('the importance by outputs is that of finite differences', async () => {
    const { session, view } = await open(engine);
    using _ = session;
    await session.importance({ view, rows: identity(rows), kind: 'outputs' });
    const found = flat(await session.vectors.get('importance'));
    const expected = expectedOfOutputs();
    expect(Math.max(...expected)).toBeGreaterThan(1e-3);
    expect(largestDifference(found, expected) / Math.max(...expected)).toBeLessThan(1e-5);
  });

  test('sampled labels are drawn by the probabilities', async () => {
    const { session, view } = await open(engine);
    using _ = session;
    const row = Int32Array.of(3);
    const squares = [0, 1, 2].map((label) => slope(3, label));
    // A row's square is that of one label; how often each comes is told by the mean of many.
    const draws = 2000;
    await session.importance({ view, rows: new Int32Array(draws).fill(3), kind: 'sampled' });
    const found = flat(await session.vectors.get('importance'));
    await session.importance({ view, rows: row, kind: 'sampled', target: 'one' });
    const one = flat(await session.vectors.get('one'));
    const largest = Math.max(...one);
    expect(
      squares.some(
        ({ gradient }) =>
          largestDifference(
            one,
            gradient.map((value) => value * value),
          ) /
            largest <
          1e-4,
      ),
    ).toBe(true);
    // The output layer's biases: (share of the label) (1 - p)² + (1 - that share) p² for each class.
    for (const [label, { loss }] of squares.entries()) {
      const p = Math.exp(-loss);
      const share = ((found[71 + label] ?? Number.NaN) - p * p) / (1 - 2 * p);
      expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws));
    }
  });

  test('the same seed samples the same labels, and the training draws none of them', async () => {
    const drawn = async (seed: number): Promise<number[]> => {
      const session = await Session.open({ device: 'cpu', threads: 1 });
      using _ = session;
      const view = await session.addView({ dataset: await session.loadDataset(data), columns: identity(6) });
      await session.createModel({ network: mlpOf(layers), seed, engine });
      await session.setParameters(split(parameters, lengths));
      await session.importance({ view, rows: identity(rows), kind: 'sampled' });
      return flat(await session.vectors.get('importance'));
    };
    expect(await drawn(5)).toEqual(await drawn(5));
    expect(await drawn(5)).not.toEqual(await drawn(6));
  });

  test('more rows than are taken at once are a mean as well', async () => {
    const session = await Session.open({ device: 'cpu', threads: 1 });
    using _ = session;
    const many = await session.loadDataset(syntheticRows(600, 6, 3));
    const view = await session.addView({ dataset: many, columns: identity(6) });
    await session.createModel({ network: mlpOf(layers), seed: 1, engine });
    await session.importance({ view, rows: identity(600), target: 'all', kind: 'empirical' });
    const halves = [identity(300), identity(300).map((row) => row + 300)];
    for (const [half, these] of halves.entries()) {
      await session.importance({ view, rows: these, target: `half${half}`, kind: 'empirical' });
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
