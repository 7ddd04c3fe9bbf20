import type { PythonRandom } from '../random/python-random.js';

/** From here on, erf(x) is 1 in double precision. */
const ERF_IS_ONE = 6;

/** How likely a standard normal number is below x, to about 1e-15: erf by its series of positive terms (DLMF 7.6.2). */
export function normalBelow(x: number): number {
  return 0.5 + 0.5 * erf(x / Math.SQRT2);
}

/** A normal number between 0 and 1, for a mean that is there, too: drawn until it is (Marsaglia's polar method). */
export function drawWithin(random: PythonRandom, mean: number, deviation: number): number {
  for (;;) {
    const a = 2 * random.random() - 1;
    const b = 2 * random.random() - 1;
    const square = a * a + b * b;
    if (square >= 1 || square === 0) continue;
    const number = mean + deviation * a * Math.sqrt((-2 * Math.log(square)) / square);
    if (number >= 0 && number <= 1) return number;
  }
}

function erf(x: number): number {
  const size = Math.abs(x);
  if (size >= ERF_IS_ONE) return Math.sign(x);
  let term = size;
  let sum = term;
  for (let n = 1; term > sum * Number.EPSILON; n++) {
    term *= (2 * size * size) / (2 * n + 1);
    sum += term;
  }
  return Math.sign(x) * ((2 / Math.sqrt(Math.PI)) * Math.exp(-size * size) * sum);
}
