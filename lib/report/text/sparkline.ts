const BARS = '▁▂▃▄▅▆▇█';

/**
 * Values as a row of bars, the least the lowest and the greatest the highest; more values than `width` are averaged
 * in groups. A value that is not finite leaves a gap.
 */
export function sparkline(values: readonly number[], width: number): string {
  const points = condense(values, Math.max(0, width));
  const finite = points.filter(Number.isFinite);
  const least = Math.min(...finite);
  const span = Math.max(...finite) - least;
  return points
    .map((value) => {
      if (!Number.isFinite(value)) return ' ';
      return BARS[span === 0 ? 0 : Math.round(((value - least) / span) * (BARS.length - 1))];
    })
    .join('');
}

function condense(values: readonly number[], width: number): readonly number[] {
  if (values.length <= width) return values;
  return Array.from({ length: width }, (_, i) => {
    const group = values.slice(
      Math.floor((i * values.length) / width),
      Math.floor(((i + 1) * values.length) / width),
    );
    return group.reduce((sum, value) => sum + value, 0) / group.length;
  });
}

const MOST_POINTS = 256;

/** A curve that grows without end in bounded memory: when it is full, neighbouring points become one. */
export class Curve {
  #points: number[] = [];
  /** Values in a point. */
  #stride = 1;
  #pending: number[] = [];

  get points(): readonly number[] {
    return this.#points;
  }

  add(value: number): void {
    this.#pending.push(value);
    if (this.#pending.length < this.#stride) return;
    this.#points.push(mean(this.#pending));
    this.#pending = [];
    if (this.#points.length < MOST_POINTS) return;
    this.#points = Array.from({ length: MOST_POINTS / 2 }, (_, i) =>
      mean(this.#points.slice(2 * i, 2 * i + 2)),
    );
    this.#stride *= 2;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
