import { join } from 'node:path';
import { displayed } from '../../base/paths.js';
import { widthOf } from '../../base/terminal-size.js';
import { resultsText } from '../../report/sweep/results-text.js';
import { sweepCsv, sweepMarkdown } from '../../report/sweep/tables.js';
import { reportOf } from '../../sweep/plan/collect.js';
import type { Sweep } from '../../sweep/plan/sweep.js';
import { writeSweepPage, writeText } from './write-report.js';

/** The results of a sweep on standard output; its page and its tables in the folder. */
export async function presentSweep(sweep: Sweep): Promise<void> {
  const report = reportOf(sweep);
  const folder = sweep.folder.path;
  await writeSweepPage(join(folder, 'sweep.html'), report);
  await writeText(join(folder, 'results.md'), sweepMarkdown(report));
  await writeText(join(folder, 'runs.csv'), sweepCsv(report));
  const columns = process.stdout.isTTY ? widthOf(process.stdout) : undefined;
  process.stdout.write(`${resultsText(report, columns)}\n`);
  process.stderr.write(`Files: ${displayed(join(folder, 'sweep.html'))}, results.md, runs.csv\n`);
}
