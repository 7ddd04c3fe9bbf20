import { describe, expect, test } from 'vitest';
import { Session } from '../../lib/session/session.js';
import { mlpOf } from '../support/network.js';
import { articleAdamW, identity, prepare } from '../support/synthetic.js';
import { flat } from '../support/vectors.js';

const engines = ['autograd', 'fused'] as const;
const size = { rows: 48, features: 12, classes: 3, hidden: [6], seed: 5 };

describe('the distribution of a reservoir', () => {
  const [views, rows, capacity, trials] = [8, 5, 10, 400] as const;

  /** How often each row of each view is in the memory after an epoch over each view, one after the other. */
  async function counts(): Promise<number[][]> {
    using session = await Session.open({ device: 'cpu', threads: 1 });
    const dataset = await session.loadDataset({
      images: new Uint8Array(rows),
      labels: new Uint8Array(rows),
      features: 1,
    });
    const ids: number[] = [];
    for (let i = 0; i < views; ++i) ids.push(await session.addView({ dataset, columns: Int32Array.of(0) }));
    const found = ids.map(() => new Array<number>(rows).fill(0));
    for (let seed = 0; seed < trials; ++seed) {
      await session.createModel({ network: mlpOf([1, 2]), seed });
      await session.createOptimizer(articleAdamW);
      for (const view of ids) await session.trainEpoch({ views: [view], batchSize: 2, reservoir: capacity });
      const { memory, offered } = await session.exportState();
      expect(offered).toBe(views * rows);
      for (const { view, rows: held } of memory) {
        for (const row of held)
          (found[ids.indexOf(view)] as number[])[row] = (found[ids.indexOf(view)]?.[row] ?? 0) + 1;
      }
    }
    return found;
  }

  /** Σ (found - expected)² / expected. */
  function chiSquared(found: readonly number[]): number {
    const expected = found.reduce((sum, each) => sum + each, 0) / found.length;
    return found.reduce((sum, each) => sum + (each - expected) ** 2 / expected, 0);
  }

  test('is uniform over all examples of all steps, early and late', async () => {
    const found = await counts();
    expect(found.flat().reduce((sum, each) => sum + each, 0)).toBe(trials * capacity);
    const byTime = found.map((each) => each.reduce((sum, count) => sum + count, 0));
    expect(chiSquared(byTime)).toBeLessThan(24.32); // 7 degrees of freedom, p = 0.001
    expect(chiSquared(found.flat())).toBeLessThan(72.05); // 39 degrees of freedom
    // What a memory would hold that took each example with the same probability as the one before: mostly late ones.
    const late = byTime.map((_, time) => (trials * capacity * 2 ** time) / (2 ** views - 1));
    expect(chiSquared(late)).toBeGreaterThan(1000);
  });
});

describe.each(engines)('%s', (arithmetic) => {
  async function open(): Promise<{ session: Session; view: number; images: Uint8Array }> {
    const session = await Session.open({ device: 'cpu', threads: 1 });
    const view = await prepare(session, { ...size, arithmetic });
    const { images } = await session.readRows({ view, rows: identity(size.rows) });
    return { session, view, images: images as Uint8Array };
  }

  const outputsOf = (session: Session, images: Uint8Array): Promise<Float32Array> =>
    session.predict({ images, features: size.features, output: 'logits' });

  test('a reservoir stores the outputs of the step that offered the example, before its update', async () => {
    const { session, view, images } = await open();
    using _ = session;
    const start = await session.exportState();
    const outputs = [await outputsOf(session, images)];
    await session.trainEpoch({ views: [view], batchSize: 24, mostSteps: 1 });
    outputs.push(await outputsOf(session, images));
    await session.importState(start);
    await session.trainEpoch({ views: [view], batchSize: 24, reservoir: 30, storesOutputs: true });
    const [part, ...others] = (await session.exportState()).memory;
    expect(others).toEqual([]);
    expect(part?.rows).toHaveLength(30);
    const { classes } = size;
    const steps = [...(part?.rows ?? [])].map((row, i) => {
      const stored = [...(part?.targets?.logits.subarray(classes * i, classes * (i + 1)) ?? [])];
      const apart = outputs.map((each) =>
        Math.max(...stored.map((value, k) => Math.abs(value - (each[classes * row + k] ?? Number.NaN)))),
      );
      expect(Math.min(...apart)).toBeLessThan(1e-5);
      return apart.indexOf(Math.min(...apart));
    });
    expect(new Set(steps)).toEqual(new Set([0, 1])); // some of either step
  });

  test('goes on from a snapshot bit for bit, in what it holds, too', async () => {
    const { session, view } = await open();
    using _ = session;
    const epoch = { views: [view], batchSize: 10, reservoir: 20, storesOutputs: true, rehearsal: 4 };
    await session.setDraws([
      { examples: 6, crossEntropy: 0, targets: [{ kind: 'squared', weight: 0.5 }] },
      { examples: 3, candidates: 9 },
    ]);
    await session.trainEpoch(epoch);
    const snapshot = await session.exportState();
    const { losses } = await session.trainEpoch(epoch);
    const expected = await session.exportState();
    await session.importState(snapshot);
    expect((await session.trainEpoch(epoch)).losses).toEqual(losses);
    expect(await session.exportState()).toEqual(expected);
  });

  test('an epoch over the memory has its examples alone, all of them', async () => {
    const { session, view } = await open();
    using _ = session;
    const rows = Int32Array.of(40, 3, 17, 8, 21);
    await expect(session.trainEpoch({ views: null, batchSize: 5 })).rejects.toThrow('there are none');
    await session.addMemory({ view, rows });
    const start = await session.exportState();
    const { losses } = await session.trainEpoch({ views: null, batchSize: 5 });
    const learnt = flat(await session.parameters());
    await session.importState(start);
    expect(losses).toHaveLength(1);
    expect(await session.gradient({ view, rows })).toBeCloseTo(losses[0] ?? 0, 5);
    expect(learnt).not.toEqual(flat(await session.parameters()));
    expect(await session.memoryLabels()).toEqual(Int32Array.from(rows, (row) => row % size.classes));
  });

  test('asymmetric cross-entropy gives no gradient to classes that the batch does not have', async () => {
    const { session, view } = await open();
    using _ = session;
    const rows = Int32Array.from(identity(size.rows).filter((row) => row % size.classes !== 1));
    await session.addMemory({ view, rows });
    await session.createOptimizer({ ...articleAdamW, optimizer: 'sgd', learningRate: 0.1, weightDecay: 0 });
    const before = await session.parameters();
    const head = (parameters: typeof before): Float32Array => parameters.at(-1)?.data ?? new Float32Array();
    await session.setBatchLoss({ classes: 'present' });
    await session.trainEpoch({ views: null, batchSize: 32 });
    const after = head(await session.parameters());
    expect(after[1]).toBe(head(before)[1]);
    for (const present of [0, 2]) expect(after[present]).not.toBe(head(before)[present]);
  });
});

test('what a reservoir cannot be is refused before anything changes', async () => {
  using session = await Session.open({ device: 'cpu', threads: 1 });
  const view = await prepare(session, size);
  const before = await session.exportState();
  const epoch = { views: [view], batchSize: 8, reservoir: 3 };
  await session.setDraws([{ examples: 2, targets: [{ kind: 'squared', weight: 1 }] }]);
  await expect(session.trainEpoch(epoch)).rejects.toThrow("set 'storesOutputs'");
  await session.setDraws([]);
  await session.addMemory({ view, rows: identity(4) });
  await expect(session.trainEpoch(epoch)).rejects.toThrow('The memory has 4 examples, more than');
  await expect(session.trainEpoch({ ...epoch, views: null })).rejects.toThrow(
    'the epoch goes over the memory',
  );
  await session.keepMemory(new Int32Array());
  expect(await session.exportState()).toEqual(before);
});
