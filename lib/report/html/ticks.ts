/** 1, 2, 5, 10, 20, 50, … to beyond the epochs of the longest run. */
const STEPS = Array.from({ length: 8 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();

/**
 * Whole numbers for an axis, at most `most` of them and none twice: every one where there is room, else the multiples of a
 * round number, and the first one where no other is near it.
 */
export function wholeTicks(first: number, last: number, most: number): number[] {
  const count = last - first + 1;
  if (count <= most) return Array.from({ length: count }, (_, i) => first + i);
  const step = STEPS.find((each) => Math.floor(last / each) - Math.ceil(first / each) + 2 <= most) ?? count;
  const begin = Math.ceil(first / step) * step;
  const multiples = Array.from({ length: Math.floor((last - begin) / step) + 1 }, (_, i) => begin + i * step);
  return begin - first > step / 2 ? [first, ...multiples] : multiples;
}

/** An axis of percentages that holds these, is never without extent, and goes below zero for such values alone. */
export function percentDomain(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  const [least, most] = [Math.floor(Math.min(...finite, 100)), Math.ceil(Math.max(...finite, 0))];
  if (least >= 0 && most === 0) return [0, 1];
  return [Math.min(least, most - 1), most];
}

/** An axis from zero that holds these, below zero too, and is never without extent. */
export function zeroDomain(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  const [least, most] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  return least === most ? [0, 1] : [least, most];
}

/** The axis of a search: its steps, from none on. */
export function stepAxis(steps: number, narrow: boolean): object {
  return { label: 'step', tickFormat: 'd', domain: [0, steps], ticks: wholeTicks(0, steps, narrow ? 6 : 11) };
}
