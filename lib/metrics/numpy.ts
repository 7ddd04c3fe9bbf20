/** The longest run of numbers that numpy adds up without splitting it. */
const BLOCK = 128;

/**
 * numpy's `mean` of float64 values, bit for bit. The order of numpy's pairwise summation decides the last bit.
 * Source: numpy, `_core/src/umath/loops_utils.h.src`, `@TYPE@_pairwise_sum`.
 */
export function mean(values: readonly number[]): number {
  return sum(values, 0, values.length) / values.length;
}

/** numpy's `round(x, 2)`: to the nearest hundredth of the binary value times 100, ties to even. */
export function roundHundredths(x: number): number {
  return roundHalfEven(x * 100) / 100;
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const fraction = x - floor;
  if (fraction === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return fraction < 0.5 ? floor : floor + 1;
}

function sum(values: readonly number[], start: number, length: number): number {
  if (length < 8) return sumInOrder(values, start, length);
  if (length <= BLOCK) return sumInEights(values, start, length);
  const half = Math.floor(length / 2);
  const left = half - (half % 8);
  return sum(values, start, left) + sum(values, start + left, length - left);
}

function sumInOrder(values: readonly number[], start: number, length: number, first = 0): number {
  return values.slice(start, start + length).reduce((total, value) => total + value, first);
}

function sumInEights(values: readonly number[], start: number, length: number): number {
  const whole = length - (length % 8);
  const [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map((lane) => {
    let total = 0;
    for (let i = lane; i < whole; i += 8) total += values[start + i] ?? Number.NaN;
    return total;
  }) as [number, number, number, number, number, number, number, number];
  const eights = a + b + (c + d) + (e + f + (g + h));
  return sumInOrder(values, start + whole, length - whole, eights);
}
