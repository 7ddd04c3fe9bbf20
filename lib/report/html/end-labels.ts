import type { Markish } from '@observablehq/plot';
import type { Plot } from './figure.js';

/** A name beside the end of a line. */
export interface EndLabel {
  /** In the axis' unit. */
  readonly value: number;
  readonly text: string;
  /** A CSS colour. */
  readonly color: string;
}

/** Between the middles of two labels, in pixels. */
const GAP = 12;
const FONT_SIZE = 11;
const SHIFT = 7;

/** Room at the right for labels of so many letters. */
export function labelRoom(labels: readonly { readonly text: string }[]): number {
  return SHIFT + 4 + 6.6 * Math.max(0, ...labels.map(({ text }) => text.length));
}

/** The labels at the right edge, each as near to its line's end as the others let it. */
export function endLabels(plot: Plot, labels: readonly EndLabel[]): Markish {
  const options = {
    y: 'value',
    text: 'text',
    fill: 'color',
    frameAnchor: 'right',
    textAnchor: 'start',
    dx: SHIFT,
    fontSize: FONT_SIZE,
  } as const;
  return plot.text(
    labels,
    plot.initializer(options, (data, facets, { y }, { y: scale }, { marginTop, marginBottom, height }) => {
      const wanted = Array.from(y?.value as unknown as ArrayLike<number>, (value) => Number(scale?.(value)));
      const value = apart(wanted, GAP, marginTop, height - marginBottom);
      return { data, facets, channels: { y: { value } } };
    }),
  );
}

/** The places moved apart to `gap`, within the bounds where there is room, in the same order. */
export function apart(places: readonly number[], gap: number, least: number, most: number): number[] {
  const order = [...places.keys()].sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  const groups: { count: number; middle: number }[] = [];
  for (const index of order) {
    let group = { count: 1, middle: places[index] ?? 0 };
    // A group lies around the mean of what its members wish for; it takes in those that it would touch.
    for (let above = groups.at(-1); above && touches(above, group, gap); above = groups.at(-1)) {
      const count = above.count + group.count;
      const middle = (above.middle * above.count + group.middle * group.count) / count;
      groups.pop();
      group = { count, middle: within(middle, count, gap, least, most) };
    }
    groups.push({ ...group, middle: within(group.middle, group.count, gap, least, most) });
  }
  const sorted = groups.flatMap(({ count, middle }) =>
    Array.from({ length: count }, (_, i) => middle + (i - (count - 1) / 2) * gap),
  );
  const result: number[] = [];
  for (const [rank, index] of order.entries()) result[index] = sorted[rank] ?? Number.NaN;
  return result;
}

interface Group {
  readonly count: number;
  readonly middle: number;
}

function touches(above: Group, below: Group, gap: number): boolean {
  return below.middle - above.middle < ((above.count + below.count) / 2) * gap;
}

function within(middle: number, count: number, gap: number, least: number, most: number): number {
  const half = ((count - 1) / 2) * gap;
  return Math.max(least + half, Math.min(most - half, middle));
}
