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

/** From so much below a mean of percentages to so much above, but not beyond 0 and 100, where no percentage is. */
export function percentRange(
  mean: number,
  half: number | null,
): { readonly low: number; readonly high: number } {
  const [low, high] = [mean - (half ?? 0), mean + (half ?? 0)];
  return { low: Math.min(mean, Math.max(0, low)), high: Math.max(mean, Math.min(100, high)) };
}

/** An axis from zero that holds these, below zero too, and is never without extent. */
export function zeroDomain(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  const [least, most] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  return least === most ? [0, 1] : [least, most];
}

/** An axis that holds these and is never without extent. */
export function spanDomain(values: readonly number[]): [number, number] {
  const [least, most] = extentOf(values.filter(Number.isFinite));
  if (least < most) return [least, most];
  if (least > most) return [0, 1];
  return least === 0 ? [0, 1] : [least - Math.abs(least) / 2, least + Math.abs(least) / 2];
}

/** The axis of what the values of a curve follow each other by, such as steps. */
export function placeAxis(label: string, places: readonly number[], narrow: boolean): object {
  const [first, last] = extentOf(places);
  const domain = first < last ? [first, last] : [first, first + 1];
  if (!places.every(Number.isInteger)) return { label, domain, ticks: narrow ? 4 : 8 };
  const ticks = wholeTicks(first, Math.max(last, first + 1), narrow ? 6 : 11);
  return { label, tickFormat: 'd', domain, ticks };
}

/** Pixels of a digit, and of what is beside the digits. */
const [DIGIT, BESIDE] = [6.8, 24];

/** The axis of values of any size, with room for the numbers at its ticks. */
export function valueAxis(label: string, domain: readonly [number, number]): object {
  const largest = Math.max(...domain.map(Math.abs));
  const short = largest >= 1e5 || largest < 1e-3;
  const digits = short
    ? 7
    : Math.max(3, ...domain.map((value) => String(Number(value.toPrecision(2))).length));
  const tickFormat = (value: number): string => (value === 0 ? '0' : value.toExponential().replace('-', '−'));
  return {
    marginLeft: BESIDE + DIGIT * digits,
    y: {
      label,
      grid: true,
      nice: true,
      domain,
      ...(short ? { tickFormat: (v: number) => tickFormat(Number(v.toPrecision(3))) } : {}),
    },
  };
}

/** The least and the greatest; more values than a call takes arguments. */
function extentOf(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}
