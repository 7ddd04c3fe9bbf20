import { describe, expect, test } from 'vitest';
import type { PenaltyOptions } from '../../binding.js';
import type { PenaltyInput } from '../../lib/session/penalty.js';
import { Session } from '../../lib/session/session.js';
import { randomDirection } from '../support/direction.js';
import { engine } from '../support/engine.js';
import { meanLoss } from '../support/float64-network.js';
import { articleAdamW, prepare, syntheticRows } from '../support/synthetic.js';
import { flat, largestDifference, noise, partsOf, plus, split, tangent } from '../support/vectors.js';

const size = { rows: 96, features: 24, classes: 4, hidden: [12], seed: 5 };
const layers = [size.features, ...size.hidden, size.classes];
const data = syntheticRows(size.rows, size.features, size.classes);
const lengths = [24 * 12, 12, 12 * 4, 4];
const count = 352;
const weights = noise(count, 11).map((value) => Math.fround(3 * value * value));

interface Setting {
  readonly name: string;
  readonly weighted: boolean;
  readonly direction: 'none' | 'one' | 'per tensor';
}
const settings: readonly Setting[] = [false, true].flatMap((weighted) =>
  (['none', 'one', 'per tensor'] as const).map((direction) => ({
    name: `${weighted ? 'an importance' : 'no importance'}, direction: ${direction}`,
    weighted,
    direction,
  })),
);

function penaltyOf({ weighted, direction }: Setting, gradient: PenaltyOptions['gradient']): PenaltyInput {
  return {
    strength: 0.3,
    importance: weighted ? 'importance' : null,
    direction: direction === 'none' ? null : 'direction',
    perTensor: direction === 'per tensor',
    gradient,
  };
}

/** A session that has learnt a little, with an anchor, an importance and a direction of length 1. */
async function open(
  perTensor: boolean,
  arithmetic = engine,
): Promise<{ session: Session; view: number; anchor: number[]; nu: number[] }> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  const view = await prepare(session, { ...size, arithmetic });
  await session.trainEpoch({ views: [view], batchSize: 16 });
  await session.vectors.copy('parameters', 'anchor');
  await session.vectors.set('importance', split(weights, lengths));
  await session.findDirection({ ...randomDirection, perTensor, radius: 1 });
  await session.createOptimizer({ ...articleAdamW, learningRate: 0.01 });
  const [anchor, nu] = [flat(await session.parameters()), flat(await session.vectors.get('direction'))];
  return { session, view, anchor, nu };
}

/** strength · Σ importance · delta² in float64. */
function penaltyAt(setting: Setting, offset: readonly number[], nu: readonly number[]): number {
  const parts = setting.direction === 'per tensor' ? partsOf(lengths) : partsOf([count]);
  const delta = setting.direction === 'none' ? offset : tangent(nu, offset, parts);
  return 0.3 * delta.reduce((sum, d, i) => sum + (setting.weighted ? (weights[i] ?? 0) : 1) * d * d, 0);
}

describe.each(settings)('$name', (setting) => {
  const perTensor = setting.direction === 'per tensor';

  test.each(['closed-form', 'autograd'] as const)('its value is the formula’s (%s)', async (gradient) => {
    const { session, view, anchor, nu } = await open(perTensor);
    using _ = session;
    await session.setPenalties([penaltyOf(setting, gradient)]);
    await session.setParameters(split(plus(anchor, noise(count, 7), 0.2), lengths));
    const here = flat(await session.parameters());
    const { losses } = await session.trainEpoch({ views: [view], batchSize: size.rows });
    const penalty = (losses[0] ?? Number.NaN) - meanLoss(layers, here, data);
    expect(penalty / penaltyAt(setting, plus(here, anchor, -1), nu)).toBeCloseTo(1, 4);
  });

  test('the gradient trains like autograd’s own', async () => {
    const learnt = async (penalties: readonly PenaltyInput[]): Promise<number[]> => {
      const { session, view } = await open(perTensor);
      using _ = session;
      await session.setPenalties(penalties);
      for (let epoch = 0; epoch < 3; ++epoch) await session.trainEpoch({ views: [view], batchSize: 16 });
      return flat(await session.parameters());
    };
    const [closed, autograd] = [
      await learnt([penaltyOf(setting, 'closed-form')]),
      await learnt([penaltyOf(setting, 'autograd')]),
    ];
    expect(largestDifference(closed, autograd)).toBeLessThan(2e-5);
    expect(largestDifference(closed, await learnt([]))).toBeGreaterThan(1e-2); // the penalty does pull
  });

  test('both engines train alike', async () => {
    const ends: number[][] = [];
    for (const arithmetic of ['autograd', 'fused'] as const) {
      const { session, view } = await open(perTensor, arithmetic);
      using _ = session;
      await session.setPenalties([penaltyOf(setting, 'closed-form')]);
      await session.trainEpoch({ views: [view], batchSize: 16 });
      ends.push(flat(await session.parameters()));
    }
    expect(largestDifference(ends[0] ?? [], ends[1] ?? [])).toBeLessThan(1e-4);
  });
});

test('penalties add up: two of half the strength are one, and different ones their sum', async () => {
  const [plain, weighted] = settings.filter(({ direction }) => direction === 'none') as [Setting, Setting];
  const learnt = async (penalties: readonly PenaltyInput[]): Promise<number[]> => {
    const { session, view, anchor } = await open(false);
    using _ = session;
    await session.setPenalties(penalties);
    await session.setParameters(split(plus(anchor, noise(count, 7), 0.2), lengths));
    const { losses } = await session.trainEpoch({ views: [view], batchSize: size.rows });
    return [losses[0] ?? Number.NaN, ...flat(await session.parameters())];
  };
  const [one, other] = [penaltyOf(plain, 'closed-form'), penaltyOf(weighted, 'closed-form')];
  const along: PenaltyInput = { strength: 0.3, direction: 'direction' };
  const whole = await learnt([other]);
  const half = { ...other, strength: 0.15 };
  expect(largestDifference(await learnt([half, half]), whole)).toBeLessThan(1e-5);
  const [none = 0, first = 0, second = 0, third = 0, all = 0] = (
    await Promise.all([[], [one], [other], [along], [one, other, along]].map(learnt))
  ).map(([loss]) => loss ?? Number.NaN);
  expect((all - none) / (first + second + third - 3 * none)).toBeCloseTo(1, 5);
});

test('a penalty with an importance goes on bit for bit from a snapshot, and grows with the head', async () => {
  const { session, view } = await open(false);
  using _ = session;
  const copy = await open(false);
  using __ = copy.session;
  await session.setPenalties([{ strength: 1, importance: 'importance' }]);
  await session.trainEpoch({ views: [view], batchSize: 16 });
  await copy.session.importState(structuredClone(await session.exportState()));
  for (const of of [session, copy.session]) {
    await of.growHead(6);
    await of.createOptimizer(articleAdamW);
    await of.trainEpoch({ views: [view], batchSize: 16 });
  }
  expect(await copy.session.exportState()).toEqual(await session.exportState());
  expect((await session.exportState()).penalties).toMatchObject([{ importance: 'importance' }]);
});

test('a penalty by a vector that is not there is refused', async () => {
  const { session } = await open(false);
  using _ = session;
  await expect(session.setPenalties([{ strength: 1, importance: 'nothing' }])).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining("measures by the vector 'nothing'"),
  });
});
