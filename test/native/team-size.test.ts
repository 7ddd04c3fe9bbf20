import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { compiledProgram } from '../support/compile.js';

const program = compiledProgram(['native/engine/fused/cpu/team_size.cpp', 'test/support/team_size.cpp']);

/** Threads that work in each window; `periods`: busy processes, and how many windows they last. */
function sizes(threads: number, cpus: number, ...periods: readonly (readonly [number, number])[]): number[] {
  const args = [threads, cpus, ...periods.flat()].map(String);
  return JSON.parse(execFileSync(program, args, { encoding: 'utf8' })) as number[];
}

const share = (all: readonly number[], size: number): number =>
  all.filter((one) => one === size).length / all.length;

test.each([2, 3, 4, 16])(
  'on a quiet machine all of %d threads work, but for one trial of three windows',
  (threads) => {
    const all = sizes(threads, threads, [0, 300]);
    expect(all.filter((size) => size !== threads)).toHaveLength(3);
  },
);

test.each([
  ['of two one works beside a busy process', 2, 2, 1, 1],
  ['of four two work beside one', 4, 4, 1, 2],
  ['of eight four work beside three', 8, 8, 3, 4],
])('%s', (_, threads, cpus, busy, expected) => {
  const all = sizes(threads, cpus, [busy, 600]);
  expect(share(all.slice(20), expected)).toBeGreaterThan(0.9);
});

test('a team gives way when a neighbour comes, and is whole again soon after it has gone', () => {
  const all = sizes(4, 4, [0, 100], [1, 100], [0, 200]);
  expect(share(all.slice(0, 100), 4)).toBeGreaterThan(0.95);
  expect(share(all.slice(110, 200), 2)).toBeGreaterThan(0.8);
  // A larger team is tried after at most 64 windows, of 30 ms each, and judged after three.
  expect(new Set(all.slice(200 + 70))).toEqual(new Set([4]));
});

test('it never has more threads than it was formed with, nor fewer than one', () => {
  const all = sizes(3, 8, [0, 50], [8, 50], [0, 100]);
  expect(Math.max(...all)).toBe(3);
  expect(Math.min(...all)).toBe(1);
});
