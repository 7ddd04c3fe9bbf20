/**
 * How likely Student's t is to be at least this far from zero, to either side. Relative error below 1e-12, also of the
 * smallest probabilities.
 *
 * Written here because no library that could be had is small and kept up: simple-statistics has the statistic without its
 * distribution, jstat has had no release for years, and one function of stdlib brings dozens of packages.
 *
 * @param freedom - Degrees of freedom, a whole number from 1 on.
 */
export function studentTail(t: number, freedom: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  const whole = freedom + t * t;
  return incompleteBeta(freedom / whole, (t * t) / whole, freedom);
}

/** The t that is exceeded to either side with this probability, which is above 0 and below 1. */
export function studentQuantile(probability: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (studentTail(high, freedom) > probability) [low, high] = [high, high * 2];
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (studentTail(middle, freedom) > probability) low = middle;
    else high = middle;
  }
  return high;
}

/** The regularised incomplete beta function of freedom / 2 and 1/2, at a share from 0 to 1; `rest` is what it lacks to 1. */
function incompleteBeta(share: number, rest: number, freedom: number): number {
  const [a, b] = [freedom / 2, 0.5];
  if (share <= 0 || rest <= 0) return rest <= 0 ? 1 : 0;
  const front = (share ** a * rest ** b) / halfBeta(freedom);
  // The continued fraction converges quickly below this place; above it stands the complement.
  if (share < (a + 1) / (a + b + 2)) return (front * betaFraction(a, b, share)) / a;
  return 1 - (front * betaFraction(b, a, rest)) / b;
}

/** B(freedom / 2, 1/2), from B(1/2, 1/2) = π or B(1, 1/2) = 2 by B(a + 1, b) = B(a, b) a / (a + b). */
function halfBeta(freedom: number): number {
  let value = freedom % 2 === 1 ? Math.PI : 2;
  for (let a = freedom % 2 === 1 ? 0.5 : 1; a < freedom / 2; a += 1) value *= a / (a + 0.5);
  return value;
}

/** What the fraction may still change. */
const CLOSE_ENOUGH = 1e-15;
/** In the place of a zero that would be divided by. */
const TINY = 1e-300;

/** The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), by Lentz's method. */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / notZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 1000; ++m) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const coefficient of [even, odd]) {
      d = 1 / notZero(1 + coefficient * d);
      c = notZero(1 + coefficient / c);
      change = c * d;
      fraction *= change;
    }
    if (Math.abs(change - 1) < CLOSE_ENOUGH) break;
  }
  return fraction;
}

function notZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
