import type { Markish } from '@observablehq/plot';
import type { Plot } from './figure.js';

/** A name beside a place, in the axes' units. */
export interface PlaceLabel {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** In pixels. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const FONT_SIZE = 11;
const [LETTER_WIDTH, BESIDE, HEIGHT] = [6.6, 5, 12];

/** The labels beside rings of this radius, each at the first side at which it meets no ring and no other label. */
export function placeLabels(plot: Plot, labels: readonly PlaceLabel[], radius: number): Markish {
  const options = {
    x: 'x',
    y: 'y',
    text: 'text',
    fontSize: FONT_SIZE,
    fill: 'var(--ink)',
    stroke: 'var(--card)',
  } as const;
  return plot.text(
    labels,
    plot.initializer(
      options,
      (data, facets, { x, y }, { x: across, y: down }, { width, marginLeft, marginRight }) => {
        const pixels = (channel: typeof x, scale: typeof across): number[] =>
          Array.from(channel?.value as unknown as ArrayLike<number>, (value) => Number(scale?.(value)));
        const [xs, ys] = [pixels(x, across), pixels(y, down)];
        const widths = labels.map(({ text }) => BESIDE + LETTER_WIDTH * text.length);
        const middles = placed(
          xs.map((left, index) => ({ x: left, y: ys[index] ?? 0, width: widths[index] ?? 0 })),
          { radius, least: marginLeft, most: width - marginRight },
        );
        const channels = {
          x: { value: middles.map((middle) => middle.x) },
          y: { value: middles.map((middle) => middle.y) },
        };
        return { data, facets, channels };
      },
    ),
  );
}

interface Place {
  readonly x: number;
  readonly y: number;
  /** Of its label. */
  readonly width: number;
}

interface Room {
  readonly radius: number;
  readonly least: number;
  readonly most: number;
}

/** The middles of the labels: to the right, to the left, above, below, or further away, where there is room. */
export function placed(places: readonly Place[], { radius, least, most }: Room): { x: number; y: number }[] {
  const taken: Box[] = places.map(({ x, y }) => ({
    ...{ left: x - radius, right: x + radius },
    ...{ top: y - radius, bottom: y + radius },
  }));
  return places.map((place) => {
    const middles = candidates(place, radius);
    const isFree =
      (others: readonly Box[]) =>
      (middle: Middle): boolean => {
        const box = boxOf(middle, place.width);
        return box.left >= least && box.right <= most && others.every((other) => !meet(box, other));
      };
    // Where all is full, rather upon a ring than upon another name.
    const names = taken.slice(places.length);
    const middle = middles.find(isFree(taken)) ?? middles.find(isFree(names)) ?? (middles[0] as Middle);
    taken.push(boxOf(middle, place.width));
    return middle;
  });
}

type Middle = Pick<Place, 'x' | 'y'>;

function candidates({ x, y, width }: Place, radius: number): Middle[] {
  const [beside, away] = [radius + 3 + width / 2, radius + 1 + HEIGHT / 2];
  const near = [0, -0.7, 0.7, -1.4, 1.4].flatMap((shift) => [
    { x: x + beside, y: y + shift * HEIGHT },
    { x: x - beside, y: y + shift * HEIGHT },
  ]);
  const outward = [1, 2, 3, 4, 5].flatMap((step) => {
    const distance = away + (step - 1) * HEIGHT;
    return [0, 0.5, -0.5, 1, -1].flatMap((slide) => [
      { x: x + slide * width, y: y - distance },
      { x: x + slide * width, y: y + distance },
    ]);
  });
  return [...near, ...outward];
}

function boxOf({ x, y }: Middle, width: number): Box {
  return { left: x - width / 2, right: x + width / 2, top: y - HEIGHT / 2, bottom: y + HEIGHT / 2 };
}

function meet(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
