import { describe, expect, test } from 'vitest';
import { defaultThreads } from '../../lib/training/default-threads.js';

describe('threads: auto', () => {
  const machine = { defaultThreads: 8 };

  test.each([
    [undefined, 8],
    ['', 8],
    ['1', 1],
    ['4', 4],
    ['16', 8],
    ['0', 8],
    ['4(x2)', 8],
    ['many', 8],
  ])('with SLURM_CPUS_PER_TASK=%s are %i of 8 cores', (granted, threads) => {
    expect(defaultThreads(machine, { SLURM_CPUS_PER_TASK: granted })).toBe(threads);
  });
});
