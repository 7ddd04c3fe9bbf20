import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ExperimentInput } from '../../lib/config/types.js';
import { traceExperiment } from './experiment.js';
import { vendor } from './vendor.mjs';

/** The methods that stock PyTorch is compared in, and what runs the same here. */
export const METHODS: Readonly<Record<'baseline' | 'lfd', ExperimentInput>> = {
  baseline: { strategy: 'baseline', engine: 'autograd' },
  lfd: { strategy: 'lfd', preset: 'reference' },
};

/** Tasks of the fixture that are trained: the third is learnt as the second is, but for a memory of two tasks, which lfd has. */
function tasksOf(method: keyof typeof METHODS, threads: number): number {
  return method === 'lfd' && threads === 1 ? 3 : 2;
}

/** Minutes of training that only a busy machine needs. */
const PATIENCE_MS = 300_000;

interface Fixture {
  epochs: number;
  threads: number;
  torch: string;
  cpuCapability: string;
  environment: Record<string, string>;
  losses: number[];
  accuracy: number[][];
}

/**
 * A method's step losses and accuracies against those that scripts/reference.py recorded, with MKL and LibTorch
 * pinned to AVX2 so that newer machines agree.
 */
export function describeParity(method: keyof typeof METHODS): void {
  describe.each([1, 2])(`${method} on PermutedMNIST against stock PyTorch, %i thread(s)`, (threads) => {
    const file = new URL(`../fixtures/${method}-${vendor}-avx2-threads-${threads}.json`, import.meta.url);
    const fixture = JSON.parse(readFileSync(file, 'utf8')) as Fixture;

    test(
      'step losses and accuracies',
      async () => {
        const { epochs } = fixture;
        const tasks = tasksOf(method, threads);
        const accuracy = fixture.accuracy.slice(0, tasks);
        const trace = await traceExperiment(
          { ...METHODS[method], tasks, epochs, threads, device: 'cpu' },
          fixture.environment,
        );
        const { libtorch, deviceName, threads: used } = trace.environment;
        expect(used).toBe(threads);
        const same = libtorch === fixture.torch && deviceName === fixture.cpuCapability;
        if (same) {
          expect(trace.losses.slice(0, fixture.losses.length)).toEqual(fixture.losses);
          expect(trace.accuracy).toEqual(accuracy);
          return;
        }
        // Another version or instruction set rounds differently, and training amplifies it: the first steps agree
        // closely; accuracies after thousands of steps only as two runs that differ in a rounding do.
        for (const [step, loss] of fixture.losses.slice(0, 20).entries()) {
          expect(trace.losses[step]).toBeCloseTo(loss, 3);
        }
        for (const [task, row] of accuracy.entries()) {
          const newest = row.at(-1) ?? Number.NaN;
          expect(Math.abs((trace.accuracy[task]?.at(-1) ?? Number.NaN) - newest)).toBeLessThan(2);
        }
      },
      PATIENCE_MS,
    );
  });
}
