import { mean as meanOf } from './numpy.js';

/** Repeated measurements in two numbers. */
export interface MeanAndDeviation {
  readonly mean: number;
  /** Sample standard deviation (divisor n - 1); null for a single value. */
  readonly deviation: number | null;
}

/** Mean and sample standard deviation of at least one value, in the values' unit. */
export function meanAndDeviation(values: readonly number[]): MeanAndDeviation {
  const mean = meanOf(values);
  if (values.length < 2) return { mean, deviation: null };
  const squares = values.map((value) => (value - mean) ** 2);
  return { mean, deviation: Math.sqrt((meanOf(squares) * values.length) / (values.length - 1)) };
}

/** The 97.5 % points of Student's t for 1 to 30 degrees of freedom: NIST/SEMATECH e-Handbook, 1.3.6.7.2. */
const STUDENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
] as const;
/** The same for more: a little too wide, so that nothing is called clear that is not. */
const STUDENT_BEYOND = 2.042;

/** The factor on a standard error that makes a 95 % confidence interval's half, for so many degrees of freedom. */
export function student(freedom: number): number {
  return STUDENT[Math.max(1, freedom) - 1] ?? STUDENT_BEYOND;
}

/** Half the width of the 95 % confidence interval of a mean of `count` values; null for a single one. */
export function halfInterval({ deviation }: MeanAndDeviation, count: number): number | null {
  return deviation === null ? null : (student(count - 1) * deviation) / Math.sqrt(count);
}
