import { describe, expect, test } from 'vitest';
import { share, shareOfCores } from '../../lib/sweep/share.js';

describe('shares of the cores', () => {
  test.each([
    ['one run takes every core', 1, 4, { atOnce: 1, threads: 4 }],
    ['as many runs as cores: a thread each', 2, 2, { atOnce: 2, threads: 1 }],
    ['twice as many: two rounds of the same', 4, 2, { atOnce: 2, threads: 1 }],
    ['a run left over would leave a core idle', 3, 2, { atOnce: 1, threads: 2 }],
    ['fewer runs than cores: an equal share each', 5, 16, { atOnce: 5, threads: 3 }],
    ['one core', 8, 1, { atOnce: 1, threads: 1 }],
  ])('%s', (_, runs, cores, expected) => {
    expect(shareOfCores(runs, cores)).toEqual(expected);
  });
});

const cpu = { device: 'cpu', engine: 'fused', threads: 8 } as const;
const gpu = { device: 'cuda:0', engine: 'fused', threads: 8 } as const;

test.each([
  ['a CPU, left to itself', 'auto', 4, 'auto', cpu, { atOnce: 4, threads: 2, together: false }],
  ['a CPU, three at once', 'auto', 4, 3, cpu, { atOnce: 3, threads: 2, together: false }],
  ['a CPU, more at once than runs', 'auto', 2, 100, cpu, { atOnce: 100, threads: 4, together: false }],
  ['a CPU, more at once than cores', 'auto', 100, 50, cpu, { atOnce: 50, threads: 1, together: false }],
  ['a CPU, so many threads', 3, 4, 'auto', cpu, { atOnce: 1, threads: 3, together: false }],
  ['a CPU, so many threads at once', 3, 4, 2, cpu, { atOnce: 2, threads: 3, together: false }],
  ['a GPU: as one batch', 'auto', 40, 'auto', gpu, { atOnce: 16, threads: 'auto', together: true }],
  ['a GPU, so many', 'auto', 40, 32, gpu, { atOnce: 32, threads: 'auto', together: true }],
  [
    'a GPU with autograd: one after the other',
    'auto',
    4,
    'auto',
    { ...gpu, engine: 'autograd' },
    { atOnce: 1, threads: 'auto', together: false },
  ],
  [
    'a GPU with autograd, so many',
    'auto',
    4,
    2,
    { ...gpu, engine: 'autograd' },
    { atOnce: 2, threads: 'auto', together: false },
  ],
] as const)('%s', (_, threads, runs, atOnce, environment, expected) => {
  expect(share(threads, runs, atOnce, environment)).toEqual(expected);
});
