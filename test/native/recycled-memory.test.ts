import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { compiledProgram } from '../support/compile.js';

const program = compiledProgram(['native/system/recycled_memory.cpp', 'test/support/recycled_memory.cpp']);

interface Outcome {
  /** Which block each take got, by the order in which blocks were made. */
  readonly taken: readonly number[];
  readonly freed: readonly number[];
  readonly freedAtTheEnd: readonly number[];
}

const after = (words: string): Outcome =>
  JSON.parse(execFileSync(program, words.split(' '), { encoding: 'utf8' })) as Outcome;

test('a block that is no longer used is the next one of its size, and of no other', () => {
  expect(after('take 100 keep 0 take 100 keep 1 take 99 take 100')).toEqual({
    taken: [0, 0, 1, 0],
    freed: [],
    freedAtTheEnd: [],
  });
});

test('of several that fit it is the last one that came', () => {
  expect(after('take 100 take 100 keep 0 keep 1 take 100 take 100').taken).toEqual([0, 1, 1, 0]);
});

test('the oldest are freed where used and kept would be more than twice what was used at once', () => {
  // At most 100 were used at once, so that 200 may be there; the third size makes them 250.
  const { taken, freed } = after('take 100 keep 0 take 90 keep 1 take 60 keep 2');
  expect(taken).toEqual([0, 1, 2]);
  expect(freed).toEqual([0]);
});

test('a step’s sizes come again and again without a new block', () => {
  const step = 'take 30 take 50 keep A take 20 keep B keep C';
  const words = [0, 1, 2, 3, 4].map((i) =>
    step
      .replace('A', `${3 * i}`)
      .replace('B', `${3 * i + 1}`)
      .replace('C', `${3 * i + 2}`),
  );
  const { taken, freed } = after(words.join(' '));
  expect(taken).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
  expect(freed).toEqual([]);
});

test('a block from before the last giving back is not kept', () => {
  const { taken, freed } = after('take 100 take 30 give-back keep 0 take 30 keep 1 keep 2');
  expect(taken).toEqual([0, 1, 2]);
  expect(freed).toEqual([0, 2]);
});

test('all that is kept is freed by giving back, and in the end; what is used is not', () => {
  const { taken, freed, freedAtTheEnd } = after(
    'take 10 take 20 take 30 keep 0 keep 1 give-back take 10 keep 3',
  );
  expect(taken).toEqual([0, 1, 2, 3]);
  expect(freed).toEqual([0, 1]);
  expect(freedAtTheEnd).toEqual([0, 1, 3]);
});
