import { orderedColor } from './colors.js';
import type { ColorScale, Size } from './figure.js';

/** How many lines of a picture have their names beside their ends; more have a scale of colours. */
export interface MostNames {
  readonly wide: number;
  readonly narrow: number;
}

/** A scale for the lines of the tasks from `first` to `count - 1`, where not every size of the picture has their names. */
export function taskScale(first: number, count: number, most: MostNames): ColorScale | undefined {
  const lines = count - first;
  if (lines <= most.narrow) return undefined;
  const middle = Math.round((first + count - 1) / 2);
  return {
    labels: [`task ${first}`, `task ${middle}`, `task ${count - 1}`],
    colors: [first, middle, count - 1].map((task) => orderedColor(task, count)),
    narrowOnly: lines <= most.wide,
  };
}

/** Whether each of so many lines has its name beside it. */
export function areNamed(lines: number, { narrow }: Size, most: MostNames): boolean {
  return lines <= (narrow ? most.narrow : most.wide);
}

/** Of the searches, whose lines end close to each other. */
export const MOST_SEARCHES_NAMED: MostNames = { wide: 10, narrow: 10 };
