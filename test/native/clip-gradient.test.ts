import { describe, expect, test } from 'vitest';
import type { PenaltyInput } from '../../lib/session/penalty.js';
import { Session } from '../../lib/session/session.js';
import { mlpOf } from '../support/network.js';
import { articleAdamW, identity, syntheticRows } from '../support/synthetic.js';

/** So that a step is the negative gradient. */
const descent = { ...articleAdamW, optimizer: 'sgd', learningRate: 1, weightDecay: 0 } as const;
const batch = { batchSize: 60 };
const longest = 1e-3;

async function prepared(
  engine: 'autograd' | 'fused' = 'autograd',
): Promise<{ session: Session; view: number }> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  const dataset = await session.loadDataset(syntheticRows(60, 12, 3));
  const view = await session.addView({ dataset, columns: identity(12) });
  await session.createModel({ network: mlpOf([12, 8, 3]), seed: 3, engine });
  return { session, view };
}

/** What one step with all rows changes, parameter by parameter. */
async function step(
  clipGradient: number | undefined,
  prepare?: (session: Session) => Promise<unknown>,
): Promise<number[]> {
  const { session, view } = await prepared();
  using _ = session;
  await prepare?.(session);
  await session.createOptimizer({ ...descent, clipGradient });
  const numbers = async (): Promise<number[]> =>
    (await session.parameters()).flatMap(({ data }) => [...data]);
  const before = await numbers();
  await session.trainEpoch({ views: [view], ...batch });
  return (await numbers()).map((value, at) => value - (before[at] ?? Number.NaN));
}

describe('a gradient that is longer than it may be keeps its direction and gets that length:', () => {
  const anchored = (penalty: Partial<PenaltyInput>) => async (session: Session) => {
    await session.vectors.copy('parameters', 'anchor');
    await session.vectors.scale('anchor', 3);
    await session.setPenalties([{ strength: 50, ...penalty }]);
  };
  test.each([
    ['of the loss alone', undefined],
    ['with a penalty’s in closed form', anchored({})],
    ['with a penalty’s by autograd', anchored({ gradient: 'autograd' })],
    [
      'without what a mask takes out of it',
      async (session: Session) => {
        await session.vectors.fill('mask', 0);
        const [weights, ...others] = await session.vectors.get('mask');
        await session.vectors.set('mask', [
          weights?.data.map(() => 1) ?? new Float32Array(),
          ...others.map(({ data }) => data),
        ]);
        await session.setMask('mask');
      },
    ],
  ] as const)('%s', async (_name, prepare) => {
    const whole = await step(undefined, prepare);
    const length = Math.hypot(...whole);
    expect(length).toBeGreaterThan(100 * longest);
    const clipped = await step(longest, prepare);
    // What a step changes is known to the last bit of parameters around 0.3: 3e-8 each.
    expect(Math.hypot(...clipped) / longest).toBeCloseTo(1, 3);
    for (const [at, value] of clipped.entries()) {
      expect(Math.abs(value - ((whole[at] ?? Number.NaN) * longest) / length)).toBeLessThan(1e-7);
    }
    expect(await step(2 * length, prepare)).toEqual(whole);
  });
});

test('the fused engine refuses to clip, and the optimizer that was there stays', async () => {
  const refused = {
    code: 'ENGINE_UNAVAILABLE',
    message: expect.stringContaining('a gradient is clipped by the norm'),
  };
  const { session, view } = await prepared('fused');
  using _ = session;
  await session.createOptimizer(descent);
  await session.trainEpoch({ views: [view], ...batch });
  const state = await session.exportState();
  await expect(session.createOptimizer({ ...descent, clipGradient: 1 })).rejects.toMatchObject(refused);
  const options = { ...descent, ...state.optimizer?.options, clipGradient: 1 };
  const clipping = { ...state, optimizer: { steps: 1, vectors: {}, ...state.optimizer, options } };
  await expect(session.importState(clipping as typeof state)).rejects.toMatchObject(refused);
  expect(await session.exportState()).toEqual(state);
});

test('a norm below 0 and a warm-up of no whole epochs are refused', async () => {
  const { session } = await prepared();
  using _ = session;
  for (const [wrong, message] of [
    [{ clipGradient: -1 }, "'clipGradient' must be"],
    [{ clipGradient: Number.NaN }, "'clipGradient' must be"],
    [{ warmUpEpochs: 0.5 }, "'warmUpEpochs' must be an integer"],
    [{ warmUpEpochs: -1 }, "'warmUpEpochs' must be an integer"],
  ] as const) {
    const refusal = { code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) };
    await expect(session.createOptimizer({ ...descent, ...wrong })).rejects.toMatchObject(refusal);
  }
});
