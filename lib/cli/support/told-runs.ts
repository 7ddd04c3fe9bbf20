import type { RunResult } from '../../runs/types.js';
import { type PlannedRun, runComparison } from '../../sweep/comparison.js';
import { ComparisonOutput } from './comparison-output.js';
import { Interruption } from './interruption.js';
import { announceLoading } from './load.js';
import { addMissingPage, RunPages } from './run-pages.js';
import { readAtOnce } from './seeds.js';

/** A planned run, and what it is called in place of its strategy. */
export type ToldRun = PlannedRun & { readonly label?: string };

/** How many runs are executed at the same time, as the flag has it, of which, and whether anything is told. */
export interface Telling {
  readonly atOnce: string | undefined;
  /** As for `executeRuns`. */
  readonly mixed?: boolean;
  readonly quiet: boolean;
}

/**
 * Runs what is missing of a folder of runs, tells of it on standard error, and puts a page into the folder of each run.
 *
 * @param write - Writes what comes of the results, and returns the exit code.
 * @returns The exit code, that of the signal where one ended the work.
 * @throws {ClTorchError} What `runComparison` throws.
 */
export async function runTold(
  planned: readonly ToldRun[],
  out: string,
  { atOnce, mixed, quiet }: Telling,
  write: (runs: readonly RunResult[]) => Promise<number>,
): Promise<number> {
  using interruption = new Interruption();
  const output = new ComparisonOutput(planned, quiet);
  const pages = new RunPages();
  try {
    if (planned.length > 0) await announceLoading(output);
    const runs = await pages.beside(() =>
      runComparison(planned, out, {
        atOnce: readAtOnce(atOnce),
        mixed,
        signal: interruption.signal,
        onReuse: (run) => output.reused(run),
        onRunEvent: ({ config }, event) => output.watch(config, event),
        onEvent(event) {
          output.event(event);
          if (event.type === 'end') pages.add(event.result);
        },
      }),
    );
    for (const run of runs) await addMissingPage(run);
    output.end();
    return await write(runs);
  } catch (error) {
    const { exitCode } = interruption;
    output.stopped(error, exitCode !== undefined);
    if (exitCode === undefined) throw error;
    return exitCode;
  }
}
