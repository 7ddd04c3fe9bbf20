import { describe, expect, test } from 'vitest';
import type { DirectionOptions } from '../../binding.js';
import { Session } from '../../lib/session/session.js';
import { fixture, fixtureSession, LENGTHS } from '../support/direction-fixture.js';
import { engine } from '../support/engine.js';
import { meanLoss } from '../support/float64-network.js';
import { mlpOf } from '../support/network.js';
import { dot, flat, largestDifference, norm, partsOf, plus, split, tangent } from '../support/vectors.js';

const { direction: recorded } = fixture;

const variants = [
  { name: 'one sphere', perTensor: false, variant: recorded.global, parts: partsOf([53]) },
  { name: 'a sphere for each tensor', perTensor: true, variant: recorded.perTensor, parts: partsOf(LENGTHS) },
];

/** The search of the fixture. */
function options(perTensor: boolean, start: readonly number[]): DirectionOptions {
  return {
    perTensor,
    radius: recorded.radius,
    ratios: recorded.ratios,
    learningRate: recorded.learningRate,
    momentum: recorded.momentum,
    decays: true,
    iterations: recorded.iterations,
    batchSize: fixture.labels.length,
    smoothing: 0,
    trainingStream: false,
    batchStatistics: false,
    layers: null,
    start: split(start, LENGTHS),
  };
}

/** g(nu) by the formula. */
function objective(nu: readonly number[]): number {
  const terms = recorded.ratios.map(
    (ratio) => meanLoss(fixture.layers, plus(recorded.parameters, nu, ratio), fixture) / ratio,
  );
  return terms.reduce((sum, term) => sum + term, 0) / terms.length;
}

async function nu(session: Session): Promise<number[]> {
  return flat(await session.vectors.get('direction'));
}

describe.each(variants)('on $name', ({ perTensor, variant, parts }) => {
  const search = options(perTensor, variant.start);

  test("200 steps end where PyTorch's do", async () => {
    using session = await fixtureSession(recorded.parameters);
    const outcome = await session.findDirection(search);
    for (const precision of ['float32', 'float64'] as const) {
      const last = variant[precision].at(-1);
      expect(last?.iterations).toBe(recorded.iterations);
      expect(largestDifference(await nu(session), last?.nu ?? [])).toBeLessThan(1e-5);
      expect((outcome.objectiveLast ?? Number.NaN) / (last?.objective ?? Number.NaN)).toBeCloseTo(1, 5);
    }
    expect(outcome.objectiveFirst).toBeCloseTo(variant.objectiveAtStart, 5);
  });

  // Before the schedule's first milestone a shorter search without one takes the same steps.
  test.each([1, 10, 50])('so do the first %i', async (iterations) => {
    using session = await fixtureSession(recorded.parameters);
    const { objectiveLast } = await session.findDirection({ ...search, iterations, decays: false });
    const point = variant.float64.find((candidate) => candidate.iterations === iterations);
    expect(largestDifference(await nu(session), point?.nu ?? [])).toBeLessThan(1e-5);
    expect(objectiveLast).toBeCloseTo(point?.objective ?? Number.NaN, 5);
  });

  test('g falls, to what the formula says of the direction found', async () => {
    using session = await fixtureSession(recorded.parameters);
    const { objectiveFirst, objectiveLast } = await session.findDirection(search);
    expect(objectiveFirst).toBeCloseTo(objective(variant.start), 5);
    expect(objectiveLast).toBeCloseTo(objective(await nu(session)), 5);
    expect(objectiveLast).toBeLessThan(objectiveFirst ?? 0);
  });

  test('a step goes along the gradient that central differences give', async () => {
    using session = await fixtureSession(recorded.parameters);
    const learningRate = 0.1;
    await session.findDirection({ ...search, iterations: 1, momentum: 0, decays: false, learningRate });
    const next = await nu(session);
    // next is parallel to nu - eta P g and <nu, P g> = 0: that gives P g.
    const gradient = parts.flatMap(([begin, end]) => {
      const before = variant.start.slice(begin, end);
      const after = next.slice(begin, end);
      const stretched = after.map((value) => (value * dot(before, before)) / dot(before, after));
      return plus(before, stretched, -1).map((value) => value / learningRate);
    });
    for (const written of Object.values(variant.gradientAtStart)) {
      expect(largestDifference(gradient, tangent(variant.start, written, parts))).toBeLessThan(1e-5);
    }
  });

  test('the direction lies on it, the parameters are where they were', async () => {
    using session = await fixtureSession(recorded.parameters);
    const before = flat(await session.parameters());
    const onSphere = async (): Promise<void> => {
      const found = await nu(session);
      for (const [begin, end] of parts) {
        expect(norm(found.slice(begin, end)) / recorded.radius).toBeCloseTo(1, 6);
      }
    };
    await session.findDirection(search);
    await onSphere();
    const { start: _, ...fromRandom } = search;
    await session.findDirection({ ...fromRandom, iterations: 0 });
    await onSphere();
    await session.findDirection({ ...fromRandom, iterations: 20, batchSize: 4 });
    await onSphere();
    expect(flat(await session.parameters())).toEqual(before);
  });

  test('smoothing mixes the previous direction in', async () => {
    using session = await fixtureSession(recorded.parameters);
    const { start: _, ...fromRandom } = search;
    await session.findDirection({ ...fromRandom, iterations: 0 });
    const previous = await nu(session);
    const share = 0.25;
    await session.findDirection({ ...search, iterations: 0, smoothing: share });
    const mixed = plus(
      variant.start.map((value) => (1 - share) * value),
      previous,
      share,
    );
    const expected = parts.flatMap(([begin, end]) => {
      const part = mixed.slice(begin, end);
      return part.map((value) => (recorded.radius * value) / norm(part));
    });
    expect(largestDifference(await nu(session), expected)).toBeLessThan(1e-6);
  });
});

test('without a memory the random start stays, and there is no objective to tell', async () => {
  using session = await Session.open({ device: 'cpu', threads: 1 });
  await session.createModel({ network: mlpOf(fixture.layers), seed: 1, engine });
  const { start: _, ...fromRandom } = options(false, []);
  const outcome = await session.findDirection(fromRandom);
  expect(outcome).toMatchObject({ objectiveFirst: null, objectiveLast: null });
  expect(norm(await nu(session)) / recorded.radius).toBeCloseTo(1, 6);
});
