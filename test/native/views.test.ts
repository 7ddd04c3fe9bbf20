import { describe, expect, test } from 'vitest';
import type { ViewOptions } from '../../binding.js';
import { Session } from '../../lib/session/session.js';
import { outputs } from '../support/float64-network.js';
import { mlpOf } from '../support/network.js';
import { articleAdamW, identity, syntheticRows } from '../support/synthetic.js';
import { flat, largestDifference, noise, split } from '../support/vectors.js';

const FEATURES = 6;
const LAYERS = [FEATURES, 5, 6];
const LENGTHS = [30, 5, 30, 6];
const ROWS = 24;
const data = syntheticRows(ROWS, FEATURES, 6);
const parameters = noise(71, 3).map((value) => Math.fround(0.8 * value));

type Engine = 'autograd' | 'fused';
type View = Omit<ViewOptions, 'dataset'>;

async function open(engine: Engine, threads = 1): Promise<{ session: Session; dataset: number }> {
  const session = await Session.open({ device: 'cpu', threads });
  const dataset = await session.loadDataset(data);
  await session.createModel({ network: mlpOf(LAYERS), seed: 1, engine });
  await session.setParameters(split(parameters, LENGTHS));
  await session.createOptimizer(articleAdamW);
  return { session, dataset };
}

interface Shown {
  readonly inputs: readonly number[];
  readonly label: number;
  readonly classes: readonly [begin: number, end: number];
}

/** Mean cross-entropy over each row's classes, by the formula in float64. */
function meanLoss(vector: readonly number[], rows: readonly Shown[]): number {
  const losses = rows.map(({ inputs, label, classes: [begin, end] }) => {
    const scores = outputs(LAYERS, vector, inputs).slice(begin, end);
    const highest = Math.max(...scores);
    const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
    return highest + Math.log(total) - (scores[label - begin] ?? Number.NaN);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / rows.length;
}

/** Its gradient, by central differences. */
function slope(rows: readonly Shown[]): number[] {
  const step = 1e-5;
  const at = (i: number, by: number): number =>
    meanLoss(
      parameters.map((value, k) => (k === i ? value + by : value)),
      rows,
    );
  return parameters.map((_, i) => (at(i, step) - at(i, -step)) / (2 * step));
}

function shown(row: number, classes: Shown['classes'], label = data.labels[row] ?? -1): Shown {
  const bytes = data.images.slice(row * FEATURES, (row + 1) * FEATURES);
  return { inputs: Array.from(bytes, (byte) => byte / 255), label, classes };
}

const rowsOf = (...labels: number[]): Int32Array =>
  identity(ROWS).filter((row) => labels.includes(data.labels[row] ?? -1));

describe.each(['autograd', 'fused'] as const)('%s', (engine) => {
  /** The losses of two epochs and the accuracy after them. */
  async function train(view: View, set = data, features = FEATURES): Promise<unknown> {
    const session = await Session.open({ device: 'cpu', threads: 1 });
    using _ = session;
    const id = await session.addView({ dataset: await session.loadDataset(set), ...view });
    await session.createModel({ network: mlpOf([features, 5, 6]), seed: 1, engine });
    await session.createOptimizer(articleAdamW);
    const epoch = { views: [id], batchSize: 5 };
    const losses = [await session.trainEpoch(epoch), await session.trainEpoch(epoch)].map((each) => [
      ...each.losses,
    ]);
    const { correct, total } = await session.evaluate({ views: [id], batchSize: 7 });
    return { losses, correct, total };
  }

  test('rows and labels: as a copy of those rows under those labels', async () => {
    const rows = rowsOf(4, 1).reverse();
    const labels = Int32Array.of(-1, 3, -1, -1, 0, -1);
    const copied = {
      images: Uint8Array.from(
        [...rows].flatMap((row) => [...data.images.slice(row * FEATURES, (row + 1) * FEATURES)]),
      ),
      labels: Uint8Array.from(rows, (row) => (data.labels[row] === 4 ? 0 : 3)),
      features: FEATURES,
    };
    expect(await train({ columns: identity(FEATURES), rows, labels })).toEqual(
      await train({ columns: identity(FEATURES) }, copied),
    );
  });

  test('-1 is zero, and a column may be shown twice: as a data set made so', async () => {
    const columns = Int32Array.of(-1, 3, 3, -1, 0, 5, 1, -1);
    const images = Uint8Array.from(
      [...identity(ROWS)].flatMap((row) =>
        Array.from(columns, (column) => (column < 0 ? 0 : (data.images[row * FEATURES + column] ?? 0))),
      ),
    );
    const made = { ...data, images, features: 8 };
    expect(await train({ columns }, data, 8)).toEqual(await train({ columns: identity(8) }, made, 8));
  });

  test.each([1, 2, 3])(
    'values of %i channel(s): as a data set of those numbers, zeros as they are',
    async (channels) => {
      const values = Float32Array.from({ length: 256 * channels }, (_, k) =>
        Math.fround(Math.fround((k % 256) / 255 - 0.3) / (0.2 + Math.floor(k / 256))),
      );
      const columns = Int32Array.of(5, 4, -1, 2, 1, 0);
      const images = Float32Array.from(
        [...identity(ROWS)].flatMap((row) =>
          Array.from(columns, (column) => {
            const channel = Math.floor(column / (FEATURES / channels));
            return column < 0
              ? 0
              : (values[channel * 256 + (data.images[row * FEATURES + column] ?? 0)] ?? Number.NaN);
          }),
        ),
      );
      const made = { images, labels: data.labels, features: FEATURES };
      expect(await train({ columns, values })).toEqual(
        await train({ columns: identity(FEATURES) }, made as never),
      );
    },
  );

  test('a loss over some classes is the formula, and no gradient reaches the other outputs', async () => {
    const { session, dataset } = await open(engine);
    using _ = session;
    const rows = rowsOf(2, 3);
    const view = await session.addView({ dataset, columns: identity(FEATURES), rows });
    await session.setClasses([view], { begin: 2, end: 4 });
    const expected = [...rows].map((row) => shown(row, [2, 4]));
    const loss = await session.gradient({ view, rows: identity(rows.length) });
    expect(loss).toBeCloseTo(meanLoss(parameters, expected), 5);
    const gradient = await session.vectors.get('gradient');
    expect(largestDifference(flat(gradient), slope(expected))).toBeLessThan(1e-5);
    const [weights, biases] = [gradient[2]?.data ?? [], gradient[3]?.data ?? []];
    for (const unit of [0, 1, 4, 5]) {
      expect([...weights.slice(unit * 5, unit * 5 + 5), biases[unit]]).toEqual([0, 0, 0, 0, 0, 0]);
    }
    expect(Math.abs(biases[2] ?? 0)).toBeGreaterThan(1e-3);
  });

  test.each([1, 2])('a batch of several tasks has the classes of each, %i thread(s)', async (threads) => {
    const { session, dataset } = await open(engine, threads);
    using _ = session;
    const columns = identity(FEATURES);
    const views = [
      await session.addView({ dataset, columns, rows: rowsOf(0, 1) }),
      await session.addView({ dataset, columns, rows: rowsOf(2, 3) }),
      await session.addView({ dataset, columns, rows: rowsOf(4, 5) }),
    ];
    await session.setClasses(views.slice(0, 1), { begin: 0, end: 2 });
    await session.setClasses(views.slice(1, 2), { begin: 1, end: 4 });
    const ranges = [
      [0, 2],
      [1, 4],
      [0, 6],
    ] as const;
    const expected = ranges.flatMap((range, task) =>
      [...rowsOf(2 * task, 2 * task + 1)].map((row) => shown(row, range)),
    );
    const { losses } = await session.trainEpoch({ views, batchSize: ROWS });
    expect(losses).toHaveLength(1);
    expect(losses[0]).toBeCloseTo(meanLoss(parameters, expected), 5);
    // Adam's first step moves every weight that has a gradient by the learning rate, against the gradient's sign.
    const moved = flat(await session.parameters()).map((value, i) => value - (parameters[i] ?? 0));
    const signs = slope(expected).map((value) => (Math.abs(value) < 1e-6 ? 0 : -Math.sign(value)));
    expect(moved.map((by) => (Math.abs(by) < 5e-4 ? 0 : Math.sign(by)))).toEqual(signs);
  });

  test('the classes of a view are those of its examples in the memory, whenever they are set', async () => {
    const { session, dataset } = await open(engine);
    using _ = session;
    const columns = identity(FEATURES);
    const old = await session.addView({ dataset, columns, rows: rowsOf(0, 1) });
    const now = await session.addView({ dataset, columns, rows: rowsOf(2, 3) });
    await session.setClasses([old], { begin: 0, end: 2 });
    await session.addMemory({ view: old, rows: identity(2) });
    await session.setClasses([old, now], { begin: 0, end: 4 });
    const expected = [...rowsOf(2, 3), ...rowsOf(0, 1).slice(0, 2)].map((row) => shown(row, [0, 4]));
    const { losses } = await session.trainEpoch({ views: [now], batchSize: ROWS, rehearsal: 2 });
    expect(losses[0]).toBeCloseTo(meanLoss(parameters, expected), 5);
  });

  test('an evaluation counts among the classes that are set and among the own ones', async () => {
    const { session, dataset } = await open(engine);
    using _ = session;
    const own = [0, 2, 4].map((begin) => ({ begin, end: begin + 2 }));
    const views: number[] = [];
    for (const ownClasses of own) {
      const rows = rowsOf(ownClasses.begin, ownClasses.begin + 1);
      views.push(await session.addView({ dataset, columns: identity(FEATURES), rows, ownClasses }));
    }
    await session.setClasses(views, { begin: 0, end: 4 });
    const count = ({ begin }: { begin: number }, [first, last]: readonly [number, number]): number =>
      [...rowsOf(begin, begin + 1)].filter((row) => {
        const { inputs, label } = shown(row, [0, 6]);
        const scores = outputs(LAYERS, parameters, inputs).slice(first, last);
        return first + scores.indexOf(Math.max(...scores)) === label;
      }).length;
    const { correct, correctInOwn, total } = await session.evaluate({ views, batchSize: 5 });
    expect([...correct]).toEqual(own.map((each) => count(each, [0, 4])));
    expect([...correctInOwn]).toEqual(own.map((each) => count(each, [each.begin, each.end])));
    expect([...total]).toEqual([8, 8, 8]);
    expect(correct[2]).toBe(0); // a class that is not among them is never predicted
    for (const [task, inAll] of correct.entries()) expect(correctInOwn[task]).toBeGreaterThanOrEqual(inAll);
  });

  test.each(['exact', 'empirical'] as const)(
    'the %s importance is of the classes that are set',
    async (fisher) => {
      const { session, dataset } = await open(engine);
      using _ = session;
      const rows = rowsOf(2, 3).slice(0, 3);
      const view = await session.addView({ dataset, columns: identity(FEATURES), rows });
      await session.setClasses([view], { begin: 1, end: 4 });
      const expected = new Array<number>(parameters.length).fill(0);
      for (const row of rows) {
        for (const label of fisher === 'exact' ? [1, 2, 3] : [data.labels[row] ?? -1]) {
          const example = [shown(row, [1, 4], label)];
          const share = fisher === 'exact' ? Math.exp(-meanLoss(parameters, example)) : 1;
          for (const [i, value] of slope(example).entries())
            expected[i] = (expected[i] ?? 0) + (share * value ** 2) / 3;
        }
      }
      await session.importance({ view, rows: identity(3), kind: fisher });
      const found = flat(await session.vectors.get('importance'));
      expect(largestDifference(found, expected) / Math.max(...expected)).toBeLessThan(1e-4);
    },
  );

  test('a view without a range and with one of all classes train alike, bit for bit', async () => {
    const losses = async (sets: boolean): Promise<unknown> => {
      const { session, dataset } = await open(engine);
      using _ = session;
      const view = await session.addView({ dataset, columns: identity(FEATURES) });
      if (sets) await session.setClasses([view], { begin: 0, end: 6 });
      await session.trainEpoch({ views: [view], batchSize: 5 });
      return await session.parameters();
    };
    expect(await losses(true)).toEqual(await losses(false));
  });
});

describe('what does not fit is refused, and nothing changes:', () => {
  test.each<[Partial<View>, RegExp]>([
    [{ rows: Int32Array.of(0, 24) }, /rows of the data set, from 0 to 23; found 24/],
    [{ rows: new Int32Array() }, /at least one row/],
    [{ labels: Int32Array.of(0, 1, 2) }, /has 3 entries, but the data set has the label 5/],
    [{ labels: Int32Array.of(0, 1, 2, 3, 4, -1) }, /maps to none/],
    [{ values: new Float32Array(255) }, /256 numbers for each channel/],
    [{ values: new Float32Array(1024) }, /256 numbers for each channel/],
    [{ ownClasses: { begin: 3, end: 3 } }, /ownClasses\.end/],
  ])('a view with %o', async (change, message) => {
    const { session, dataset } = await open('fused');
    using _ = session;
    const view = session.addView({ dataset, columns: identity(FEATURES), ...change });
    await expect(view).rejects.toThrow(message);
  });

  test('a loss over classes that the labels are not among', async () => {
    const { session, dataset } = await open('fused');
    using _ = session;
    const view = await session.addView({ dataset, columns: identity(FEATURES) });
    await session.setClasses([view], { begin: 0, end: 4 });
    const epoch = session.trainEpoch({ views: [view], batchSize: 5 });
    await expect(epoch).rejects.toThrow(
      /labels go from 0 to 5, but its loss goes over the classes from 0 to 3/,
    );
    await expect(session.setClasses([view, 7], { begin: 0, end: 6 })).rejects.toThrow(
      /no view with the id 7/,
    );
    expect(flat(await session.parameters())).toEqual(parameters);
    await expect(session.evaluate({ views: [view], batchSize: 5 })).resolves.toHaveProperty('correct');
  });
});
