import { describe, expect, test } from 'vitest';
import type { DirectionOptions, PenaltyOptions } from '../../binding.js';
import type { PenaltyInput } from '../../lib/session/penalty.js';
import { Session } from '../../lib/session/session.js';
import { randomDirection } from '../support/direction.js';
import { engine } from '../support/engine.js';
import { meanLoss } from '../support/float64-network.js';
import { articleAdamW, prepare, syntheticRows } from '../support/synthetic.js';
import {
  dot,
  flat,
  largestDifference,
  noise,
  norm,
  partsOf,
  plus,
  split,
  tangent,
} from '../support/vectors.js';

const size = { rows: 96, features: 24, classes: 4, hidden: [12], seed: 5 };
const layers = [size.features, ...size.hidden, size.classes];
const data = syntheticRows(size.rows, size.features, size.classes);
const lengths = [24 * 12, 12, 12 * 4, 4];

const gradients = ['closed-form', 'autograd', 'reference'] as const;

interface Spheres {
  readonly perTensor: boolean;
  readonly radius: number;
}
const spheres: readonly Spheres[] = [false, true].flatMap((perTensor) =>
  [1, 20].map((radius) => ({ perTensor, radius })),
);
const partsFor = ({ perTensor }: Spheres) => (perTensor ? partsOf(lengths) : partsOf([352]));

function random(sphere: Spheres): DirectionOptions {
  return { ...randomDirection, ...sphere };
}

/** A session that has learnt a little, stands at w_t and has a random direction and a fresh optimiser. */
async function open(
  sphere: Spheres,
): Promise<{ session: Session; view: number; anchor: number[]; nu: number[] }> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  const view = await prepare(session, size);
  await session.trainEpoch({ views: [view], batchSize: 16 });
  await session.vectors.copy('parameters', 'anchor');
  await session.findDirection(random(sphere));
  await session.createOptimizer({ ...articleAdamW, learningRate: 0.01 });
  return {
    session,
    view,
    anchor: flat(await session.parameters()),
    nu: flat(await session.vectors.get('direction')),
  };
}

interface Weight {
  readonly alpha: number;
  readonly gradient: PenaltyOptions['gradient'];
}

/** The penalty of that weight on leaving the direction. */
function offDirection(sphere: Spheres, { alpha, gradient }: Weight): PenaltyInput[] {
  return [{ strength: alpha, gradient, direction: 'direction', ...sphere }];
}

async function afterEpochs(
  sphere: Spheres,
  penalty: Weight | null,
): Promise<{ losses: number[]; end: number[] }> {
  const { session, view } = await open(sphere);
  using _ = session;
  if (penalty) await session.setPenalties(offDirection(sphere, penalty));
  const losses: number[] = [];
  for (let epoch = 0; epoch < 3; ++epoch) {
    losses.push(...(await session.trainEpoch({ views: [view], batchSize: 16 })).losses);
  }
  return { losses, end: flat(await session.parameters()) };
}

describe.each(spheres)('per tensor: $perTensor, radius $radius', (sphere) => {
  const parts = partsFor(sphere);

  test('the closed-form gradient trains like autograd', async () => {
    const [closed, autograd, none] = [
      await afterEpochs(sphere, { alpha: 0.5, gradient: 'closed-form' }),
      await afterEpochs(sphere, { alpha: 0.5, gradient: 'autograd' }),
      await afterEpochs(sphere, null),
    ];
    expect(largestDifference(closed.end, autograd.end)).toBeLessThan(1e-5);
    expect(largestDifference(closed.losses, autograd.losses)).toBeLessThan(1e-5);
    expect(largestDifference(closed.end, none.end)).toBeGreaterThan(1e-2); // the penalty does pull
  });

  test.each(gradients)('alpha = 0 changes no bit (%s)', async (gradient) => {
    const none = await afterEpochs(sphere, null);
    expect(await afterEpochs(sphere, { alpha: 0, gradient })).toEqual(none);
  });

  test('an offset along the direction costs nothing, one across it its length', async () => {
    const { session, anchor, nu } = await open(sphere);
    using _ = session;
    await session.setPenalties(offDirection(sphere, { alpha: 1, gradient: 'closed-form' }));
    const stand = async (offset: readonly number[]): Promise<number> => {
      await session.setParameters(split(plus(anchor, offset), lengths));
      return session.deviation();
    };
    // Each sphere has its own share of its own part.
    const along = parts.flatMap(([begin, end], i) =>
      nu.slice(begin, end).map((value) => ((i - 1.5) * value) / sphere.radius),
    );
    expect(norm(along)).toBeGreaterThan(0.5);
    expect(await stand(along)).toBeLessThan(1e-5);
    const across = tangent(nu, noise(anchor.length, 3), parts);
    expect((await stand(across)) / norm(across)).toBeCloseTo(1, 5);
    expect((await stand(plus(along, across))) / norm(across)).toBeCloseTo(1, 5);
  });

  test.each(gradients)('its value is alpha ||delta||^2 (%s)', async (gradient) => {
    const { session, view, anchor, nu } = await open(sphere);
    using _ = session;
    const alpha = 0.3;
    await session.setPenalties(offDirection(sphere, { alpha, gradient }));
    await session.setParameters(split(plus(anchor, noise(anchor.length, 7), 0.2), lengths));
    const here = flat(await session.parameters());
    const delta = tangent(nu, plus(here, anchor, -1), parts);
    const { losses } = await session.trainEpoch({ views: [view], batchSize: size.rows });
    const penalty = (losses[0] ?? Number.NaN) - meanLoss(layers, here, data);
    expect(penalty / (alpha * dot(delta, delta))).toBeCloseTo(1, 5);
  });

  test('a first step leaves w_t, and the deviation says how far off the direction', async () => {
    const { session, view, anchor, nu } = await open(sphere);
    using _ = session;
    await session.setPenalties(offDirection(sphere, { alpha: 0.01, gradient: 'closed-form' }));
    expect(await session.deviation()).toBe(0);
    await session.trainEpoch({ views: [view], batchSize: size.rows });
    const delta = tangent(nu, plus(flat(await session.parameters()), anchor, -1), parts);
    expect(norm(delta)).toBeGreaterThan(0);
    expect((await session.deviation()) / norm(delta)).toBeCloseTo(1, 4);
  });
});

test('the penalty ends when it is cleared', async () => {
  const sphere = { perTensor: false, radius: 1 };
  const { session, view } = await open(sphere);
  using _ = session;
  await session.setPenalties(offDirection(sphere, { alpha: 5, gradient: 'closed-form' }));
  await session.setPenalties([]);
  const { losses } = await session.trainEpoch({ views: [view], batchSize: 16 });
  expect(Array.from(losses)).toEqual((await afterEpochs(sphere, null)).losses.slice(0, losses.length));
});

test.each([1, 2])(
  "the reference implementation's penalty without a graph has autograd's bits, every one (%d thread(s))",
  async (threads) => {
    const learnt = async (
      gradient: PenaltyOptions['gradient'],
    ): Promise<{ losses: number[]; end: number[] }> => {
      using session = await Session.open({ device: 'cpu', threads });
      // Odd sizes, and one large enough for LibTorch to spread its sums over threads.
      const view = await prepare(session, {
        rows: 300,
        features: 301,
        classes: 7,
        hidden: [257, 3],
        seed: 5,
      });
      await session.trainEpoch({ views: [view], batchSize: 64 });
      await session.vectors.copy('parameters', 'anchor');
      const sphere = { perTensor: true, radius: 1 };
      await session.findDirection(random(sphere));
      await session.setPenalties(offDirection(sphere, { alpha: 0.05, gradient }));
      const losses: number[] = [];
      for (let epoch = 0; epoch < 4; ++epoch) {
        losses.push(...(await session.trainEpoch({ views: [view], batchSize: 64 })).losses);
      }
      return { losses, end: flat(await session.parameters()) };
    };
    const [reference, autograd, closed] = [
      await learnt('reference'),
      await learnt('autograd'),
      await learnt('closed-form'),
    ];
    expect(reference).toEqual(autograd);
    if (engine === 'autograd') expect(closed.end).not.toEqual(autograd.end); // they do round differently
  },
);
