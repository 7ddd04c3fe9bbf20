import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ClTorchError } from '../../lib/base/errors.js';
import { Session } from '../../lib/session/session.js';
import type { Vectors } from '../../lib/session/vectors.js';
import { engine } from '../support/engine.js';
import { mlpOf } from '../support/network.js';
import { identity, syntheticRows } from '../support/synthetic.js';
import {
  dot,
  flat,
  largestDifference,
  noise,
  norm,
  onSpheres,
  partsOf,
  plus,
  split,
  tangent,
} from '../support/vectors.js';

const lengths = [200, 10, 90, 9]; // of the parameter tensors; none but the first is a multiple of an aligned block
const size = 309;
const network = mlpOf([20, 10, 9]);

let session: Session;
let vectors: Vectors;
beforeAll(async () => {
  session = await Session.open({ device: 'cpu', threads: 1 });
  ({ vectors } = session);
});
beforeEach(() => session.createModel({ network, seed: 4, engine }));
afterAll(() => session.dispose());

/** As the native side sees it. */
function single(vector: readonly number[]): number[] {
  return Array.from(Float32Array.from(vector));
}

const set = (name: string, values: readonly number[]) => vectors.set(name, split(values, lengths));
const get = async (name: string): Promise<number[]> => flat(await vectors.get(name));
const [one, other] = [single(noise(size, 1)), single(noise(size, 2))];

/** The code and message that a call is refused with. */
async function refusal(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => new Error('It was not refused.'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ClTorchError);
  expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
  return (error as ClTorchError).message;
}

describe('arithmetic on vectors is that on their numbers', () => {
  beforeEach(async () => {
    await set('a', one);
    await set('b', other);
  });

  test('what is set is there, and nothing else', async () => {
    expect(await get('a')).toEqual(one);
    expect(await vectors.names()).toEqual(['a', 'b']);
    expect((await vectors.get('a')).map(({ name, shape }) => [name, shape])).toEqual(
      (await session.parameters()).map(({ name, shape }) => [name, shape]),
    );
  });

  test('copies, sums, products and quotients', async () => {
    await vectors.copy('a', 'c');
    await vectors.add('c', 'b', -0.5);
    const difference = one.map((value, i) => value - 0.5 * (other[i] ?? 0));
    expect(largestDifference(await get('c'), difference)).toBeLessThan(1e-6);
    await vectors.multiply('c', 'b');
    const products = difference.map((value, i) => value * (other[i] ?? 0));
    expect(largestDifference(await get('c'), products)).toBeLessThan(1e-6);
    await vectors.divide('c', 'b');
    expect(largestDifference(await get('c'), difference)).toBeLessThan(1e-5);
    await vectors.scale('c', 3);
    expect(
      largestDifference(
        await get('c'),
        difference.map((value) => 3 * value),
      ),
    ).toBeLessThan(1e-5);
    expect([await get('a'), await get('b')]).toEqual([one, other]); // what is only read stays
  });

  test('with a factor for each tensor', async () => {
    const factors = [1, 10, -2, 0];
    const factorOf = lengths.flatMap((length, i) => Array<number>(length).fill(factors[i] ?? 0));
    await vectors.add('a', 'b', factors);
    const sums = one.map((value, i) => value + (factorOf[i] ?? 0) * (other[i] ?? 0));
    expect(largestDifference(await get('a'), sums)).toBeLessThan(1e-5);
    await vectors.scale('b', factors);
    const scaled = other.map((value, i) => value * (factorOf[i] ?? 0));
    expect(largestDifference(await get('b'), scaled)).toBeLessThan(1e-5);
  });

  test('inner products and lengths, whole and tensor by tensor, as in float64', async () => {
    expect((await vectors.dot('a', 'b')) / dot(one, other)).toBeCloseTo(1, 12);
    expect((await vectors.norm('a')) / norm(one)).toBeCloseTo(1, 12);
    const [dots, norms] = [await vectors.dotByTensor('a', 'b'), await vectors.normByTensor('a')];
    for (const [i, [begin, end]] of partsOf(lengths).entries()) {
      const [left, right] = [one.slice(begin, end), other.slice(begin, end)];
      expect((dots[i] ?? 0) / dot(left, right)).toBeCloseTo(1, 12);
      expect((norms[i] ?? 0) / norm(left)).toBeCloseTo(1, 12);
    }
  });

  test('what lies between the tensors stays zero: it counts in no sum', async () => {
    await vectors.fill('ones', 1);
    expect(await vectors.dot('ones', 'ones')).toBe(size);
    await vectors.fill('zeros', 0);
    await vectors.divide('ones', 'zeros');
    expect(await get('ones')).toEqual(Array<number>(size).fill(Number.POSITIVE_INFINITY));
    await vectors.set('ones', split(one, lengths));
    expect((await vectors.norm('ones')) / norm(one)).toBeCloseTo(1, 12);
  });

  test('the parameters can be read and changed like any vector', async () => {
    await set('parameters', one);
    expect(flat(await session.parameters())).toEqual(one);
    await vectors.copy('parameters', 'anchor');
    await vectors.add('parameters', 'b', 2);
    await vectors.add('anchor', 'parameters', -1);
    expect(
      largestDifference(
        await get('anchor'),
        other.map((value) => -2 * value),
      ),
    ).toBeLessThan(1e-5);
    expect(await vectors.names()).not.toContain('parameters');
  });

  test('the gradient of rows becomes a vector: a step against it lowers their loss', async () => {
    const dataset = await session.loadDataset(syntheticRows(40, 20, 9));
    const view = await session.addView({ dataset, columns: identity(20) });
    const rows = identity(40);
    await session.createModel({ network, seed: 4, engine });
    const before = await session.gradient({ view, rows, target: 'slope' });
    const square = (await vectors.norm('slope')) ** 2;
    await vectors.add('parameters', 'slope', -1e-3);
    const after = await session.gradient({ view, rows });
    expect((before - after) / (1e-3 * square)).toBeCloseTo(1, 1);
    expect(await vectors.names()).toEqual(['gradient', 'slope']);
    await session.dropDataset(dataset);
  });

  test('dropped vectors are gone', async () => {
    await vectors.drop('a');
    expect(await vectors.names()).toEqual(['b']);
    expect(await refusal(vectors.norm('a'))).toContain("no vector 'a'; it has b");
  });
});

describe('what does not fit is refused, and changes nothing:', () => {
  beforeEach(() => set('a', one));

  test.each<[string, (named: Vectors) => Promise<unknown>, string]>([
    ['a vector that is not there', (v) => v.add('a', 'nothing'), "no vector 'nothing'; it has a"],
    ['a target that is not there', (v) => v.scale('nothing', 2), "no vector 'nothing'"],
    ['a name that none can have', (v) => v.copy('a', 'a.b'), "found 'a.b'"],
    ['an empty name', (v) => v.fill('', 1), "found ''"],
    ['a factor that is no number', (v) => v.scale('a', Number.NaN), "'factor' must be a finite number"],
    ['too few factors', (v) => v.scale('a', [1, 2]), 'one for each of the 4 tensors; found 2'],
    ['a radius of 0', (v) => v.retract('a', 0), "'radius' must be above 0; found 0"],
    ['too few tensors', (v) => v.set('a', [new Float32Array(200)]), 'has 4 parameter tensors; found 1'],
    ['dropping the parameters', (v) => v.drop('parameters'), 'cannot be dropped'],
    [
      'tensors of another length',
      (v) =>
        v.set(
          'a',
          [200, 10, 90, 8].map((length) => new Float32Array(length)),
        ),
      "'layers.1.bias' has 9 elements; found 8",
    ],
  ])('%s', async (_, call, message) => {
    expect(await refusal(call(vectors))).toContain(message);
    expect(await get('a')).toEqual(one);
    expect(await vectors.names()).toEqual(['a']);
  });

  test('dropping what a penalty measures by', async () => {
    await vectors.copy('parameters', 'anchor');
    await session.setPenalties([{ strength: 1, direction: 'a' }]);
    expect(await refusal(vectors.drop('anchor'))).toContain("uses the vector 'anchor'");
    await session.setPenalties([]);
    await vectors.drop('anchor');
  });
});

test('a head that grows: anchors get the new rows, sums get zeros, a direction ends', async () => {
  await vectors.copy('parameters', 'anchor');
  await vectors.copy('anchor', 'copied');
  await set('importance', one);
  const random = { perTensor: false, radius: 1, ratios: [1], learningRate: 0, momentum: 0, decays: false };
  await session.findDirection({
    ...random,
    iterations: 0,
    batchSize: 1,
    smoothing: 0,
    trainingStream: false,
  });
  await session.growHead(11);
  expect(await vectors.names()).toEqual(['anchor', 'copied', 'importance']);
  expect(await vectors.get('anchor')).toEqual(await session.parameters());
  expect(await vectors.get('copied')).toEqual(await session.parameters());
  const [hidden, bias, weight, head] = (await vectors.get('importance')).map(({ data }) => [...data]);
  expect([...(hidden ?? []), ...(bias ?? [])]).toEqual(one.slice(0, 210));
  expect(weight).toEqual([...one.slice(210, 300), ...Array<number>(20).fill(0)]);
  expect(head).toEqual([...one.slice(300), 0, 0]);
});

const products = [
  { name: 'one sphere', perTensor: false, parts: partsOf([size]) },
  { name: 'a product of spheres', perTensor: true, parts: partsOf(lengths) },
];

/** Stochastic gradient descent on a sphere (Bonnabel, 2013), with a momentum that is transported by projection. */
async function step(perTensor: boolean, radius: number, momentum: number, rate: number): Promise<void> {
  await vectors.project('gradient', 'point', { perTensor });
  await vectors.scale('velocity', momentum);
  await vectors.add('velocity', 'gradient');
  await vectors.add('point', 'velocity', -rate);
  await vectors.retract('point', radius, { perTensor });
  await vectors.project('velocity', 'point', { perTensor });
}

describe.each(products)('$name', ({ perTensor, parts }) => {
  const [point, vector] = [single(onSpheres(one, 20, parts)), other];

  test('retraction scales each part to the radius', async () => {
    await set('moved', vector);
    await vectors.retract('moved', 20, { perTensor });
    const moved = await get('moved');
    expect(largestDifference(moved, onSpheres(vector, 20, parts))).toBeLessThan(1e-5);
    for (const [begin, end] of parts) expect(norm(moved.slice(begin, end)) / 20).toBeCloseTo(1, 6);
  });

  test('projection is v - (<p, v> / <p, p>) p, and orthogonal to p', async () => {
    await set('p', point);
    await set('v', vector);
    await vectors.project('v', 'p', { perTensor });
    const projected = await get('v');
    expect(largestDifference(projected, tangent(point, vector, parts))).toBeLessThan(1e-5);
    for (const [begin, end] of parts) {
      const cosine = dot(point.slice(begin, end), projected.slice(begin, end)) / (20 * norm(vector));
      expect(Math.abs(cosine)).toBeLessThan(1e-6);
    }
    expect(await get('p')).toEqual(point);
    await vectors.project('v', 'p', { perTensor });
    expect(largestDifference(await get('v'), projected)).toBeLessThan(1e-6); // a projector is idempotent
  });

  test('steps with a transported momentum follow the formulas in float64', async () => {
    const momentum = 0.7;
    await set('point', point);
    await vectors.fill('velocity', 0);
    let expected = point;
    let velocity: number[] = point.map(() => 0);
    for (let i = 0; i < 30; ++i) {
      const gradient = single(noise(size, 10 + i));
      await set('gradient', gradient);
      await step(perTensor, 20, momentum, 0.5);
      velocity = plus(tangent(expected, gradient, parts), velocity, momentum);
      expected = onSpheres(plus(expected, velocity, -0.5), 20, parts);
      velocity = tangent(expected, velocity, parts);
    }
    expect(largestDifference(await get('point'), expected)).toBeLessThan(1e-4);
    expect(largestDifference(point, expected)).toBeGreaterThan(1);
  });

  test('a point stays on it for 1,000 steps', async () => {
    await set('point', point);
    await vectors.fill('velocity', 0);
    for (let i = 0; i < 1_000; ++i) {
      await set('gradient', noise(size, i));
      await step(perTensor, 20, 0.9, 0.1);
    }
    for (const length of perTensor ? await vectors.normByTensor('point') : [await vectors.norm('point')]) {
      expect(Math.abs(length / 20 - 1)).toBeLessThan(1e-6);
    }
  });

  test('descent finds the point that is nearest to a target', async () => {
    await set('point', point);
    await vectors.fill('velocity', 0);
    await set('target', vector);
    for (let i = 0; i < 500; ++i) {
      await vectors.copy('point', 'gradient');
      await vectors.add('gradient', 'target', -1);
      await step(perTensor, 20, 0.7, 0.1);
    }
    expect(largestDifference(await get('point'), onSpheres(vector, 20, parts))).toBeLessThan(1e-2);
  });
});
