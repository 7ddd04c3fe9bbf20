import { describe, expect, test } from 'vitest';
import { ClTorchError } from '../../lib/base/errors.js';
import { createRiemannianSgd, createSphere } from '../../lib/session/geometry.js';
import {
  dot,
  largestDifference,
  noise,
  norm,
  onSpheres,
  partsOf,
  plus,
  tangent,
} from '../support/vectors.js';

const products = [
  { name: 'one sphere', segments: [300] },
  { name: 'a product of spheres', segments: [200, 1, 37, 62] },
];

/** As the native side sees it. */
function single(vector: readonly number[]): number[] {
  return Array.from(Float32Array.from(vector));
}

describe.each(products)('$name', ({ segments }) => {
  const parts = partsOf(segments);
  const [point, vector] = [single(onSpheres(noise(300, 1), 20, parts)), single(noise(300, 2))];

  test('retraction scales each part to the radius', async () => {
    const sphere = await createSphere({ radius: 20, segments });
    const moved = Float32Array.from(vector);
    sphere.retract(moved);
    expect(largestDifference([...moved], onSpheres(vector, 20, parts))).toBeLessThan(1e-5);
    for (const [begin, end] of parts) expect(norm([...moved].slice(begin, end)) / 20).toBeCloseTo(1, 6);
  });

  test('projection is v - (<p, v> / <p, p>) p, and orthogonal to p', async () => {
    const sphere = await createSphere({ radius: 20, segments });
    const [p, v] = [Float32Array.from(point), Float32Array.from(vector)];
    const projected = [...sphere.project(p, v)];
    expect(largestDifference(projected, tangent(point, vector, parts))).toBeLessThan(1e-5);
    for (const [begin, end] of parts) {
      const cosine = dot(point.slice(begin, end), projected.slice(begin, end)) / (20 * norm(vector));
      expect(Math.abs(cosine)).toBeLessThan(1e-6);
    }
    expect([[...p], [...v]]).toEqual([point, vector]); // and changes neither
    const again = [...sphere.project(p, Float32Array.from(projected))];
    expect(largestDifference(again, projected)).toBeLessThan(1e-6); // a projector is idempotent
  });

  test('steps with a transported momentum follow the formulas in float64', async () => {
    const momentum = 0.7;
    const optimizer = await createRiemannianSgd({ radius: 20, segments, momentum });
    const moved = Float32Array.from(point);
    let expected = point;
    let velocity: number[] = point.map(() => 0);
    for (let step = 0; step < 30; ++step) {
      const gradient = single(noise(300, 10 + step));
      optimizer.step(moved, Float32Array.from(gradient), 0.5);
      velocity = plus(tangent(expected, gradient, parts), velocity, momentum);
      expected = onSpheres(plus(expected, velocity, -0.5), 20, parts);
      velocity = tangent(expected, velocity, parts);
    }
    expect(largestDifference([...moved], expected)).toBeLessThan(1e-4);
    expect(largestDifference(point, expected)).toBeGreaterThan(1);
  });

  test('a point stays on it for 10,000 steps', async () => {
    const optimizer = await createRiemannianSgd({ radius: 20, segments, momentum: 0.9 });
    const moved = Float32Array.from(point);
    let worst = 0;
    for (let step = 0; step < 10_000; ++step) {
      optimizer.step(moved, Float32Array.from(noise(300, step)), 0.1);
      for (const [begin, end] of parts) {
        worst = Math.max(worst, Math.abs(norm([...moved.subarray(begin, end)]) / 20 - 1));
      }
    }
    expect(worst).toBeLessThan(1e-6);
  });

  test('descent finds the point that is nearest to a target', async () => {
    const optimizer = await createRiemannianSgd({ radius: 20, segments, momentum: 0.7 });
    const moved = Float32Array.from(point);
    const target = parts.flatMap(([begin, end]) =>
      // A sphere of one element is two points: what is on the other side cannot be reached.
      end - begin === 1 ? point.slice(begin, end) : vector.slice(begin, end),
    );
    for (let step = 0; step < 2000; ++step) {
      optimizer.step(moved, Float32Array.from(plus([...moved], target, -1)), 0.1);
    }
    expect(largestDifference([...moved], onSpheres(target, 20, parts))).toBeLessThan(1e-2);
  });
});

test('a product of spheres is its spheres, each by itself', async () => {
  const segments = [5, 1, 12];
  const parts = partsOf(segments);
  const options = { radius: 3, momentum: 0.5 };
  const whole = await createRiemannianSgd({ ...options, segments });
  const each = await Promise.all(
    segments.map((length) => createRiemannianSgd({ ...options, segments: [length] })),
  );
  const together = Float32Array.from(onSpheres(noise(18, 1), 3, parts));
  const apart = parts.map(([begin, end]) => together.slice(begin, end));
  for (let step = 0; step < 20; ++step) {
    const gradient = Float32Array.from(noise(18, 2 + step));
    whole.step(together, gradient, 0.2);
    for (const [i, [begin, end]] of parts.entries()) {
      each[i]?.step(apart[i] ?? new Float32Array(), gradient.slice(begin, end), 0.2);
    }
  }
  // Not to the bit: the library's sums may be rounded otherwise where a part starts at another alignment.
  const separate = apart.flatMap((part) => [...part]);
  expect(largestDifference([...together], separate)).toBeLessThan(1e-5);
  expect(norm(separate)).toBeCloseTo(3 * Math.sqrt(parts.length), 5);
});

describe('what does not fit is refused', () => {
  test.each([
    [{ radius: 0, segments: [3] }, /'radius' must be above 0; found 0/],
    [{ radius: -1, segments: [3] }, /'radius' must be above 0; found -1/],
    [{ radius: Number.NaN, segments: [3] }, /radius/],
    [{ radius: 1, segments: [] }, /'segments' must name the length of at least one part/],
    [{ radius: 1, segments: [3, 0] }, /segments/],
    [{ radius: 1, segments: [1.5] }, /segments/],
  ])('options %o', async (options, message) => {
    for (const make of [
      () => createSphere(options),
      () => createRiemannianSgd({ ...options, momentum: 0 }),
    ]) {
      const error = await make().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(ClTorchError);
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) });
    }
  });

  test('a vector of another length, or of another type', async () => {
    const sphere = await createSphere({ radius: 1, segments: [2, 3] });
    const optimizer = await createRiemannianSgd({ radius: 1, segments: [2, 3], momentum: 0 });
    const [right, short] = [Float32Array.of(1, 0, 1, 0, 0), new Float32Array(4)];
    const calls = [
      () => sphere.retract(short),
      () => sphere.project(short, right),
      () => sphere.project(right, short),
      () => optimizer.step(short, right, 1),
      () => optimizer.step(right, short, 1),
    ];
    for (const call of calls) expect(call).toThrow(/must be a Float32Array of 5 elements; found 4/);
    expect(() => sphere.retract(new Float64Array(5) as never)).toThrow(ClTorchError);
    expect(() => optimizer.step(right, right, '1' as never)).toThrow(/learning rate/);
    expect([...right]).toEqual([1, 0, 1, 0, 0]);
  });
});
