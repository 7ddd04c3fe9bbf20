import { describe, expect, test } from 'vitest';
import type { EquilibriumOptions, EquilibriumOutcome } from '../../binding.js';
import { parseConfig } from '../../lib/config/parse.js';
import type { OptionsOf } from '../../lib/config/types.js';
import { Session } from '../../lib/session/session.js';
import { fixture, fixtureSession, LENGTHS } from '../support/direction-fixture.js';
import { engine } from '../support/engine.js';
import { meanLoss } from '../support/float64-network.js';
import { mlpOf } from '../support/network.js';
import { identity, syntheticRows } from '../support/synthetic.js';
import { flat, largestDifference, noise, plus, split } from '../support/vectors.js';

const { equilibrium: recorded } = fixture;

const options: EquilibriumOptions = {
  statistics: 'running',
  layers: null,
  anchor: 'anchor',
  start: recorded.startLambda,
  learningRate: recorded.learningRate,
  clip: recorded.gradientClip,
  decays: true,
  iterations: recorded.iterations,
  batchSize: fixture.labels.length,
};

/** (1 - lambda) before + lambda after. */
function between(before: readonly number[], after: readonly number[], lambda: number): number[] {
  return plus(
    before.map((value) => (1 - lambda) * value),
    after,
    lambda,
  );
}

describe('a small network against stock PyTorch', () => {
  async function open(): Promise<Session> {
    const session = await fixtureSession(recorded.before);
    await session.vectors.copy('parameters', 'anchor');
    await session.setParameters(split(recorded.after, LENGTHS));
    return session;
  }

  test("lambda takes PyTorch's path", async () => {
    using session = await open();
    const { path } = await session.findEquilibriumPoint(options);
    expect(largestDifference([...path], [recorded.startLambda, ...recorded.lambdas])).toBeLessThan(1e-5);
  });

  test.each(recorded.derivatives)(
    'loss and slope at lambda = $lambda',
    async ({ lambda, loss, derivative }) => {
      using session = await open();
      const here = await session.findEquilibriumPoint({ ...options, start: lambda, iterations: 0 });
      expect(here.loss / loss).toBeCloseTo(1, 5);
      await session.setParameters(split(recorded.after, LENGTHS));
      const step = { ...options, start: lambda, iterations: 1, learningRate: 1, clip: 1e6, decays: false };
      const { path } = await session.findEquilibriumPoint(step);
      expect((lambda - (path[1] ?? Number.NaN)) / derivative).toBeCloseTo(1, 4);
      // Central differences of the formula know nothing of the chain rule.
      const lossAt = (at: number): number =>
        meanLoss(fixture.layers, between(recorded.before, recorded.after, at), fixture);
      const slope = (lossAt(lambda + 1e-5) - lossAt(lambda - 1e-5)) / 2e-5;
      expect((lambda - (path[1] ?? Number.NaN)) / slope).toBeCloseTo(1, 4);
    },
  );

  test('the parameters become (1 - lambda) w_t + lambda w_{t+1}', async () => {
    using session = await open();
    const { path, loss, lossOld, lossNew } = await session.findEquilibriumPoint(options);
    const expected = between(recorded.before, recorded.after, path.at(-1) ?? Number.NaN);
    const found = flat(await session.parameters());
    expect(largestDifference(found, expected)).toBeLessThan(1e-5);
    expect(loss / meanLoss(fixture.layers, found, fixture)).toBeCloseTo(1, 5);
    expect(loss).toBeLessThanOrEqual(Math.min(lossOld, lossNew) + 1e-6);
  });

  test('the clip bounds a step, the clamp lambda', async () => {
    using session = await open();
    const { path } = await session.findEquilibriumPoint({ ...options, decays: false, clip: 0.2 });
    const steps = Array.from(path.slice(1), (lambda, i) => Math.abs(lambda - (path[i] ?? Number.NaN)));
    expect(Math.max(...steps)).toBeLessThanOrEqual(0.02 + 1e-9);
    expect(Math.max(...steps)).toBeGreaterThan(0.019); // at the start the slope is steep
    await session.setParameters(split(recorded.after, LENGTHS));
    const clamped = await session.findEquilibriumPoint({ ...options, clamp: [0.4, 0.7] });
    expect(Math.max(...clamped.path)).toBe(0.7); // without it, it ends beyond 1
    expect(Math.min(...clamped.path)).toBeGreaterThanOrEqual(0.4);
  });
});

describe('a softmax regression, whose loss is convex in lambda', () => {
  const layers = [6, 3];
  const data = syntheticRows(60, 6, 3);
  const before = noise(21, 1);
  // Class c lights up the columns k with k % 3 === c: weights that know it, and noise.
  const after = plus(
    [...Array.from({ length: 18 }, (_, i) => ((i % 6) % 3 === Math.floor(i / 6) ? 1.5 : -0.5)), 0, 0, 0],
    noise(21, 2),
  );
  const lossAt = (lambda: number): number => meanLoss(layers, between(before, after, lambda), data);
  const rounded = (vector: readonly number[]): Float32Array[] => split(vector, [18, 3]);

  /** Golden-section search. */
  function minimum(from: number, to: number): number {
    const ratio = (Math.sqrt(5) - 1) / 2;
    let [low, high] = [from, to];
    while (high - low > 1e-6) {
      const [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
      if (lossAt(left) < lossAt(right)) high = right;
      else low = left;
    }
    return (low + high) / 2;
  }

  /** Searches between the points given. */
  async function search(
    old: readonly number[],
    fresh: readonly number[],
    more: Partial<EquilibriumOptions>,
  ): Promise<EquilibriumOutcome> {
    using session = await Session.open({ device: 'cpu', threads: 1 });
    const dataset = await session.loadDataset(data);
    const view = await session.addView({ dataset, columns: identity(6) });
    await session.createModel({ network: mlpOf(layers), seed: 1, engine });
    await session.setParameters(rounded(old));
    await session.vectors.copy('parameters', 'anchor');
    await session.setParameters(rounded(fresh));
    await session.addMemory({ view, rows: identity(60) });
    return await session.findEquilibriumPoint({ ...options, batchSize: 60, decays: false, ...more });
  }

  test.each([
    ['from w_t to w_{t+1}', 1],
    ['where w_{t+1} goes beyond the minimum', 6],
  ])('lambda ends at the minimum, %s', async (_, stretch) => {
    const far = between(before, after, stretch);
    const { path, loss, lossOld, lossNew } = await search(before, far, {
      iterations: 2000,
      learningRate: 0.1 / stretch ** 2, // the curvature grows with the square of the way
    });
    const lambda = (path.at(-1) ?? Number.NaN) * stretch;
    const best = minimum(-10, 20);
    expect(best).toBeGreaterThan(0.5);
    expect(lambda).toBeCloseTo(best, 2);
    expect(lossOld).toBeCloseTo(lossAt(0), 5);
    expect(lossNew).toBeCloseTo(lossAt(stretch), 5);
    expect(loss).toBeCloseTo(lossAt(best), 5);
    expect(loss).toBeLessThanOrEqual(Math.min(lossOld, lossNew) + 1e-6);
  });

  test.each([1, 2, 6])('the default search ends nowhere worse than it began, way x %i', async (stretch) => {
    const { lambdaStart, lambdaLearningRate, lambdaClip, lambdaIterations } = parseConfig({
      strategy: 'lfd',
    }) as OptionsOf<'lfd'>;
    const { loss, lossOld, lossNew } = await search(before, between(before, after, stretch), {
      start: lambdaStart,
      learningRate: lambdaLearningRate,
      clip: lambdaClip,
      iterations: lambdaIterations,
      decays: true,
    });
    expect(loss).toBeLessThanOrEqual(Math.min(lossOld, lossNew) + 1e-6);
  });

  test('minibatches come close to it', async () => {
    const { loss, lossOld, lossNew } = await search(before, after, {
      batchSize: 16,
      iterations: 400,
      decays: true,
    });
    expect(loss).toBeLessThanOrEqual(Math.min(lossOld, lossNew) + 1e-6);
    expect(loss - lossAt(minimum(-10, 20))).toBeLessThan(0.01);
  });
});
