import { mean as meanOf } from './numpy.js';
import { studentQuantile } from './student.js';

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

const INTERVAL = 0.95;

/** The factor on a standard error that makes a 95 % confidence interval's half, for so many degrees of freedom; at least one. */
export function student(freedom: number): number {
  return studentQuantile(1 - INTERVAL, Math.max(1, freedom));
}

/** Half the width of the 95 % confidence interval of a mean of `count` values; null for a single one. */
export function halfInterval({ deviation }: MeanAndDeviation, count: number): number | null {
  return deviation === null ? null : (student(count - 1) * deviation) / Math.sqrt(count);
}
