import type { NamedTensor } from '../../binding.js';

/** Half-open ranges of a vector: the parts that are spheres of their own. */
export type Parts = readonly (readonly [begin: number, end: number])[];

export function partsOf(lengths: readonly number[]): Parts {
  let end = 0;
  return lengths.map((length) => {
    end += length;
    return [end - length, end] as const;
  });
}

/** All tensors one after another. */
export function flat(tensors: readonly NamedTensor[]): number[] {
  return tensors.flatMap(({ data }) => Array.from(data));
}

/** A vector cut into consecutive pieces of these lengths. */
export function split(vector: readonly number[], lengths: readonly number[]): Float32Array[] {
  return partsOf(lengths).map(([begin, end]) => Float32Array.from(vector.slice(begin, end)));
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? Number.NaN), 0);
}

export function norm(vector: readonly number[]): number {
  return Math.sqrt(dot(vector, vector));
}

/** a + factor b. */
export function plus(a: readonly number[], b: readonly number[], factor: number = 1): number[] {
  return a.map((value, i) => value + factor * (b[i] ?? Number.NaN));
}

/** What of `vector` is orthogonal to `point`, part by part, in float64. */
export function tangent(point: readonly number[], vector: readonly number[], parts: Parts): number[] {
  return parts.flatMap(([begin, end]) => {
    const p = point.slice(begin, end);
    const v = vector.slice(begin, end);
    return plus(v, p, -dot(p, v) / dot(p, p));
  });
}

/** Each part scaled to the radius, in float64. */
export function onSpheres(vector: readonly number[], radius: number, parts: Parts): number[] {
  return parts.flatMap(([begin, end]) => {
    const part = vector.slice(begin, end);
    return part.map((value) => (radius * value) / norm(part));
  });
}

export function largestDifference(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.NaN;
  // Math.max lets NaN through, and spread arguments have their limit.
  return actual.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? Number.NaN))), 0);
}

/** The same numbers in [-1, 1) for the same seed. */
export function noise(length: number, seed: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}
