import { describe, expect, test } from 'vitest';
import type { OptimizerInput } from '../../lib/session/optimizer.js';
import { Session } from '../../lib/session/session.js';
import { articleAdamW, prepare } from '../support/synthetic.js';
import { flat, largestDifference, noise, plus, split } from '../support/vectors.js';

const size = { rows: 96, features: 24, classes: 4, hidden: [12], seed: 5 };
const lengths = [24 * 12, 12, 12 * 4, 4];
const count = 352;
const mask = noise(count, 3).map((value) => (value < 0 ? 0 : 1));
const engines = ['autograd', 'fused'] as const;
const sgd = {
  ...articleAdamW,
  optimizer: 'sgd',
  learningRate: 0.1,
  weightDecay: 0.1,
  momentum: 0.9,
} as const;
const optimizers: Readonly<Record<string, OptimizerInput>> = {
  adamw: { ...articleAdamW, learningRate: 0.01, weightDecay: 0.1 },
  adam: { ...articleAdamW, optimizer: 'adam', learningRate: 0.01, weightDecay: 0.1 },
  sgd: { ...sgd, momentum: 0 },
  momentum: sgd,
};

async function open(arithmetic: (typeof engines)[number]): Promise<{ session: Session; view: number }> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  const view = await prepare(session, { ...size, arithmetic });
  await session.vectors.copy('parameters', 'anchor');
  return { session, view };
}

/** With a penalty that pulls, so that the two gradients differ. */
async function openPulled(arithmetic: (typeof engines)[number]): ReturnType<typeof open> {
  const opened = await open(arithmetic);
  const parameters = flat(await opened.session.parameters());
  await opened.session.setParameters(split(plus(parameters, noise(count, 7), 0.2), lengths));
  await opened.session.setPenalties([{ strength: 0.3 }]);
  return opened;
}

describe.each(engines)('%s', (arithmetic) => {
  test.each(Object.entries(optimizers))('a path sums -gradient · change (%s)', async (_, optimizer) => {
    const { session, view } = await openPulled(arithmetic);
    using _session = session;
    await session.createOptimizer(optimizer);
    await session.setPath({ vector: 'path' });
    let expected: number[] = new Array(count).fill(0);
    for (let step = 0; step < 3; ++step) {
      // Of all rows at once, in float32: the order of the rows changes the last bits.
      await session.gradient({ view, rows: Int32Array.from({ length: size.rows }, (_, row) => row) });
      const gradient = flat(await session.vectors.get('gradient'));
      const before = flat(await session.parameters());
      await session.trainEpoch({ views: [view], batchSize: size.rows });
      const after = flat(await session.parameters());
      expected = expected.map((sum, k) => {
        const change = Math.fround((after[k] ?? 0) - (before[k] ?? 0));
        return sum - (gradient[k] ?? 0) * change;
      });
      const path = flat(await session.vectors.get('path'));
      const largest = Math.max(...expected.map(Math.abs));
      expect(largestDifference(path, expected) / largest).toBeLessThan(1e-5);
    }
    expect(expected.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(0);
  });

  test('with one row, where there is no order, the path is exact; total has the penalty, and the mask', async () => {
    for (const gradient of ['task', 'total'] as const) {
      const { session, view } = await openPulled(arithmetic);
      using _session = session;
      const single = await session.addView({
        dataset: 0,
        columns: Int32Array.from({ length: size.features }, (_, k) => k),
        rows: Int32Array.of(7),
      });
      await session.createOptimizer(sgd);
      await session.vectors.set('mask', split(mask, lengths));
      await session.setMask('mask');
      await session.setPath({ vector: 'path', gradient });
      await session.gradient({ view, rows: Int32Array.of(7) });
      if (gradient === 'total') {
        await session.vectors.copy('parameters', 'offset');
        await session.vectors.add('offset', 'anchor', -1);
        await session.vectors.add('gradient', 'offset', 0.6);
      }
      const slope = flat(await session.vectors.get('gradient'));
      const before = flat(await session.parameters());
      await session.trainEpoch({ views: [single], batchSize: 1 });
      const after = flat(await session.parameters());
      const expected = before.map((value, k) => {
        const change = Math.fround((after[k] ?? 0) - value);
        return 0 - Math.fround((slope[k] ?? 0) * change);
      });
      const path = flat(await session.vectors.get('path'));
      if (gradient === 'task')
        expect(path.map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
      expect(largestDifference(path, expected)).toBeLessThan(1e-6 * Math.max(...expected.map(Math.abs)));
    }
  });

  test.each(Object.entries(optimizers))(
    'where the mask is 0 nothing moves, elsewhere all as ever (%s)',
    async (_, optimizer) => {
      const learnt = async (values?: readonly number[]): Promise<number[]> => {
        const { session, view } = await openPulled(arithmetic);
        using _session = session;
        await session.createOptimizer(optimizer);
        await session.trainEpoch({ views: [view], batchSize: 16 }); // the moments move on
        if (values) {
          await session.vectors.set('mask', split(values, lengths));
          await session.setMask('mask');
        }
        const start = flat(await session.parameters());
        await session.trainEpoch({ views: [view], batchSize: 16 });
        const end = flat(await session.parameters());
        if (values) {
          const moved = end.filter((value, k) => !Object.is(value, start[k]));
          const free = values.filter((value) => value === 1).length;
          expect(moved.length).toBeLessThanOrEqual(free);
          expect(moved.length).toBeGreaterThan(0.9 * free);
          for (const [k, value] of values.entries())
            if (value === 0) expect(Object.is(end[k], start[k])).toBe(true);
        }
        return end;
      };
      const plain = await learnt();
      expect(await learnt(mask.map(() => 1))).toEqual(plain);
      expect(largestDifference(await learnt(mask), plain)).toBeGreaterThan(1e-3);
    },
  );

  test('what the mask hides counts as 0, stays as it is, and is not seen by losses, importances and outputs', async () => {
    const hidden = mask.map((value) => value === 0);
    const learnt = async (hides: boolean): Promise<unknown> => {
      const { session, view } = await open(arithmetic);
      using _session = session;
      await session.vectors.set('mask', split(mask, lengths));
      const start = flat(await session.parameters());
      // That some parameters are 0 is what the session is to do by itself.
      if (!hides) await session.vectors.multiply('parameters', 'mask');
      await session.setMask('mask', { hides });
      const { losses } = await session.trainEpoch({ views: [view], batchSize: 16 });
      const end = flat(await session.parameters());
      if (hides) expect(end.filter((_, k) => hidden[k])).toEqual(start.filter((_, k) => hidden[k]));
      const rows = Int32Array.from({ length: 20 }, (_, row) => row);
      const loss = await session.gradient({ view, rows });
      await session.importance({ view, rows });
      await session.takeTargets({ view });
      const told = await Promise.all(['gradient', 'importance'].map((name) => session.vectors.get(name)));
      const visible = told.map(flat).map((values) => values.filter((_, k) => !hidden[k]));
      if (hides)
        expect(
          told
            .map(flat)
            .flatMap((values) => values.filter((_, k) => hidden[k]))
            .every((v) => v === 0),
        ).toBe(true);
      return [losses, loss, end.filter((_, k) => !hidden[k]), visible, (await session.exportState()).targets];
    };
    expect(await learnt(true)).toEqual(await learnt(false));
  });

  test('a penalty is on the parameters themselves, hidden or not', async () => {
    const losses: number[] = [];
    for (const penalties of [[], [{ strength: 0.3 }]]) {
      const { session, view } = await open(arithmetic);
      using _session = session;
      await session.vectors.set('mask', split(mask, lengths));
      await session.setMask('mask', { hides: true });
      await session.setPenalties(penalties);
      losses.push(...(await session.trainEpoch({ views: [view], batchSize: size.rows })).losses);
    }
    expect(losses[1]).toBe(losses[0]); // the anchor is where the parameters are
  });

  test('a path changes no digit of the training', async () => {
    const learnt = async (hasPath: boolean): Promise<unknown> => {
      const { session, view } = await openPulled(arithmetic);
      using _session = session;
      if (hasPath) await session.setPath({ vector: 'path' });
      const { losses } = await session.trainEpoch({ views: [view], batchSize: 16 });
      return [losses, await session.parameters()];
    };
    expect(await learnt(true)).toEqual(await learnt(false));
  });

  test('path and mask go on bit for bit from a snapshot, and grow with the head', async () => {
    const [original, copy] = [await openPulled(arithmetic), await open(arithmetic)];
    using session = original.session;
    using other = copy.session;
    await session.vectors.set('mask', split(mask, lengths));
    await session.setMask('mask', { hides: true });
    await session.setPath({ vector: 'path', gradient: 'total' });
    await session.trainEpoch({ views: [original.view], batchSize: 16 });
    await other.importState(structuredClone(await session.exportState()));
    for (const { session, view } of [original, copy]) {
      await session.trainEpoch({ views: [view], batchSize: 16 });
      await session.growHead(6);
      await session.trainEpoch({ views: [view], batchSize: 16 });
    }
    const state = await session.exportState();
    expect(await other.exportState()).toEqual(state);
    expect(state).toMatchObject({
      mask: 'mask',
      maskHides: true,
      path: { vector: 'path', gradient: 'total' },
    });
    expect(state.vectors.mask?.tensors.at(-1)?.data.slice(4)).toEqual(Float32Array.of(1, 1));
    expect(state.vectors.path?.tensors.at(-1)?.data.slice(4)).not.toContain(0);
  });
});

test('what cannot be a mask or a path is refused', async () => {
  const { session, view } = await open('fused');
  using _session = session;
  await expect(session.setMask('mask')).rejects.toThrow(
    "The mask is the vector 'mask', which the session does not have",
  );
  await expect(session.setPath({ vector: 'parameters' })).rejects.toThrow('no other vector can be called so');
  await session.vectors.fill('mask', 0.5);
  await session.setMask('mask');
  await expect(session.trainEpoch({ views: [view], batchSize: 16 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: "The mask 'mask' must be 0 or 1 everywhere.",
  });
  await expect(session.vectors.drop('mask')).rejects.toThrow(
    'take its penalty, path, mask or gates from it first',
  );
  await session.setMask(null);
  await session.vectors.drop('mask');
  await session.trainEpoch({ views: [view], batchSize: 16 });
});
