import { ClTorchError } from '../base/errors.js';
import { sizeOf, valueAt } from './domain.js';
import type { Setting, Space } from './space.js';

/**
 * How many settings a grid of the space has: 1 of an empty space.
 * @throws {ClTorchError} CONFIG_INVALID when an interval has no points.
 */
export function gridSize(space: Space): number {
  for (const [name, domain] of Object.entries(space)) {
    if (Number.isFinite(sizeOf(domain))) continue;
    throw new ClTorchError(
      'CONFIG_INVALID',
      `${name}: a grid tries every value, but between two bounds there are too many to try. Say which: range(a,b,step) for numbers a step apart, log(a,b,n) for n numbers with equal ratios.`,
    );
  }
  return settingsOf(space);
}

/**
 * Every setting of the space, in order: the first name varies slowest, the last one fastest.
 * @throws {ClTorchError} CONFIG_INVALID when an interval has no points.
 */
export function gridOf(space: Space): Setting[] {
  return Array.from({ length: gridSize(space) }, (_, index) => settingAt(space, index));
}

/** How many settings there are; Infinity when an interval has no points. */
export function settingsOf(space: Space): number {
  return Object.values(space).reduce((product, domain) => product * sizeOf(domain), 1);
}

/** The setting of that number in the grid's order; the space is finite. */
export function settingAt(space: Space, index: number): Setting {
  let rest = index;
  const reversed = Object.entries(space)
    .reverse()
    .map(([name, domain]) => {
      const size = sizeOf(domain);
      const place = rest % size;
      rest = (rest - place) / size;
      return [name, valueAt(domain, place)] as const;
    });
  return Object.fromEntries(reversed.reverse());
}
