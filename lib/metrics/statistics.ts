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
