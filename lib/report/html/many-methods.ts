import { AVERAGE, type Method, measured } from '../text/comparison.js';

/** So many lines have colours that can be told apart. */
const MOST_LINES = 8;

/**
 * Whether there are more methods than colours. Then nothing is told by a colour and a legend: each method has a panel of its
 * own, or its name beside its mark.
 */
export function areMany(methods: readonly Method[]): boolean {
  return methods.length > MOST_LINES;
}

/** In lines of at most so many letters, broken between words. */
export function brokenAt(text: string, letters: number): string {
  return text.split(' ').reduce((done, word) => {
    const last = done.slice(done.lastIndexOf('\n') + 1);
    return last.length + 1 + word.length > letters ? `${done}\n${word}` : `${done} ${word}`;
  });
}

/** The ways in which a mark of a method stands out where all have one colour. */
export function plainColor({ isUpperBound }: Method): string {
  return isUpperBound ? 'var(--soft)' : 'var(--series-0)';
}

/** So many letters find room beside a mark. */
const SHORT_NAME = 16;

/** What stands beside each method's mark: its name, or where names are long, its place among the best. */
export function markNames(methods: readonly Method[]): string[] {
  if (!arePlaces(methods)) return methods.map(({ label }) => label);
  const means = methods.map((method) => measured(method, AVERAGE)?.mean ?? Number.NEGATIVE_INFINITY);
  const order = [...means.keys()].sort((a, b) => (means[b] ?? 0) - (means[a] ?? 0));
  return means.map((_, index) => String(order.indexOf(index) + 1));
}

/** Whether {@link markNames} are places. */
export function arePlaces(methods: readonly Method[]): boolean {
  return methods.some(({ label }) => label.length > SHORT_NAME);
}
