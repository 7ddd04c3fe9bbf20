import { createRequire } from 'node:module';
import { writeFileAtomic } from '../../files/index.js';
import { comparisonPage } from '../../report/html/comparison-page.js';
import { reproductionPage } from '../../report/html/reproduction-page.js';
import { runPage } from '../../report/html/run-page.js';
import { sweepPage } from '../../report/html/sweep-page.js';
import type { ReproductionOutcome } from '../../report/text/reproduction.js';
import type { RunResult } from '../../runs/types.js';
import type { SweepReport } from '../../sweep/plan/types.js';

const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };

/**
 * Writes a run's page.
 * @throws {ClTorchError} OUTPUT_FAILED when the file cannot be written.
 */
export async function writeRunPage(file: string, result: RunResult): Promise<void> {
  await writeText(file, await runPage(result));
}

/** Writes the page that compares several runs; throws as {@link writeRunPage} does. */
export async function writeComparisonPage(file: string, runs: readonly RunResult[]): Promise<void> {
  await writeText(file, await comparisonPage(runs));
}

/** Writes the page of a published table; throws as {@link writeRunPage} does. */
export async function writeReproductionPage(file: string, outcome: ReproductionOutcome): Promise<void> {
  await writeText(file, await reproductionPage(outcome));
}

/** Writes the page of a sweep; throws as {@link writeRunPage} does. */
export async function writeSweepPage(file: string, report: SweepReport): Promise<void> {
  await writeText(file, await sweepPage(report, version));
}

/** Writes a text that belongs to a report; throws as {@link writeRunPage} does. */
export async function writeText(file: string, text: string): Promise<void> {
  await writeFileAtomic(file, text);
}
