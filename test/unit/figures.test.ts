import { describe, expect, test } from 'vitest';
import { apart } from '../../lib/report/html/end-labels.js';
import { placed } from '../../lib/report/html/place-labels.js';
import { percentDomain, percentRange, wholeTicks, zeroDomain } from '../../lib/report/html/ticks.js';

describe('whole numbers of an axis', () => {
  test.each([
    [1, 1, 11, [1]],
    [1, 2, 11, [1, 2]],
    [1, 5, 6, [1, 2, 3, 4, 5]],
    [1, 50, 11, [1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50]],
    [1, 15, 11, [2, 4, 6, 8, 10, 12, 14]],
    [0, 9, 7, [0, 2, 4, 6, 8]],
    [0, 49, 15, [0, 5, 10, 15, 20, 25, 30, 35, 40, 45]],
  ])('from %i to %i, at most %i', (first, last, most, expected) => {
    expect(wholeTicks(first, last, most)).toEqual(expected);
  });

  test('are never too many, never twice, never outside', () => {
    for (const first of [0, 1]) {
      for (let last = first; last < 3000; last += 1 + Math.floor(last / 7)) {
        for (const most of [5, 6, 8, 11, 15]) {
          const ticks = wholeTicks(first, last, most);
          expect(ticks.length).toBeGreaterThan(0);
          expect(ticks.length).toBeLessThanOrEqual(most);
          expect(new Set(ticks).size).toBe(ticks.length);
          expect(ticks.every((tick) => Number.isInteger(tick) && tick >= first && tick <= last)).toBe(true);
        }
      }
    }
  });
});

test('an axis is never without extent, whatever is on it', () => {
  for (const values of [[], [0], [100, 100], [97.3], [Number.NaN], [100, Number.NaN]]) {
    for (const [least, most] of [percentDomain(values), zeroDomain(values)])
      expect(most).toBeGreaterThan(least);
  }
  expect(percentDomain([55.2, 97.1])).toEqual([55, 98]);
  expect(percentDomain([0, 0])).toEqual([0, 1]);
  expect(percentDomain([-3, -2])).toEqual([-3, 0]);
  expect(zeroDomain([-2, 3])).toEqual([-2, 3]);
});

test('no band of percentages goes beyond 0 and 100', () => {
  expect(percentRange(85, 20)).toEqual({ low: 65, high: 100 });
  expect(percentRange(10, 20)).toEqual({ low: 0, high: 30 });
  expect(percentRange(50, null)).toEqual({ low: 50, high: 50 });
  expect(percentRange(-3, 1)).toEqual({ low: -3, high: -2 });
});

describe('names beside the ends of lines', () => {
  test('stay where they are when they have room', () => {
    expect(apart([10, 50, 30], 12, 0, 100)).toEqual([10, 50, 30]);
  });

  test('move apart around where they would be', () => {
    expect(apart([50, 50], 12, 0, 100)).toEqual([44, 56]);
    expect(apart([50, 52, 90], 12, 0, 100)).toEqual([45, 57, 90]);
  });

  test('keep the order and the gap, and stay inside', () => {
    const places = Array.from({ length: 8 }, (_, i) => 99 - 0.1 * i);
    const moved = apart(places, 12, 0, 100);
    for (const [i, place] of moved.entries()) {
      expect(place).toBeGreaterThanOrEqual(0);
      expect(place).toBeLessThanOrEqual(100);
      if (i > 0) expect((moved[i - 1] ?? 0) - place).toBeGreaterThanOrEqual(12 - 1e-9);
    }
  });
});

test('names beside crowded places meet neither each other nor a ring, as long as there is room', () => {
  const radius = 9;
  const places = Array.from({ length: 16 }, (_, index) => ({
    x: 60 + 37 * (index % 8) + 5 * Math.floor(index / 8),
    y: 80 + 40 * Math.floor(index / 8) + 11 * (index % 3),
    width: 30 + 6 * (index % 5),
  }));
  const middles = placed(places, { radius, least: 0, most: 500 });
  const labels = places.map(({ width }, index) => {
    const { x = 0, y = 0 } = middles[index] ?? {};
    return { left: x - width / 2, right: x + width / 2, top: y - 6, bottom: y + 6 };
  });
  const rings = places.map(({ x, y }) => ({
    ...{ left: x - radius, right: x + radius },
    ...{ top: y - radius, bottom: y + radius },
  }));
  const boxes = [...rings, ...labels];
  for (const [index, label] of labels.entries()) {
    for (const [other, box] of boxes.entries()) {
      if (other === rings.length + index) continue;
      const meet =
        label.left < box.right && box.left < label.right && label.top < box.bottom && box.top < label.bottom;
      expect(meet && other >= rings.length ? [index, other] : []).toEqual([]);
    }
  }
});
