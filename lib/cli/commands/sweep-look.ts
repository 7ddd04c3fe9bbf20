import { join } from 'node:path';
import { displayed } from '../../base/paths.js';
import { widthOf } from '../../base/terminal-size.js';
import { exists, isStandardOutput } from '../../files/index.js';
import { resultsText } from '../../report/sweep/results-text.js';
import { statusText } from '../../report/sweep/status-text.js';
import { sweepCsv, sweepLatex, sweepMarkdown } from '../../report/sweep/tables.js';
import { collectSweep } from '../../sweep/plan/collect.js';
import { SweepFolder } from '../../sweep/plan/folder.js';
import type { SweepReport } from '../../sweep/plan/types.js';
import { type ExportPlaces, exportSweep } from '../support/sweep-exports.js';
import { colorsFor } from '../support/terminal.js';
import { writeSweepPage, writeText } from '../support/write-report.js';

/** `cl-torch sweep status`. Returns the exit code. */
export async function sweepStatus(path: string): Promise<number> {
  const report = await collectSweep(path);
  const folder = new SweepFolder(path);
  const logOf = (run: string): string | undefined => {
    const file = folder.logFile(run);
    return exists(file) ? displayed(file) : undefined;
  };
  const columns = process.stdout.isTTY ? widthOf(process.stdout) : undefined;
  const text = statusText(report, { folder: path, logOf }, colorsFor(process.stdout), columns);
  process.stdout.write(`${text}\n`);
  return 0;
}

/** In what form a sweep is collected; as text for people where none is named. */
export type SweepForm = 'json' | 'csv' | 'latex' | 'markdown';

const FORMS: Readonly<Record<SweepForm, (report: SweepReport) => string>> = {
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  csv: sweepCsv,
  latex: sweepLatex,
  markdown: sweepMarkdown,
};

export interface CollectFlags extends Partial<Record<SweepForm, true>>, ExportPlaces {
  readonly out?: string;
}

/** `cl-torch sweep collect`. Where it is only exported, what is told is where to. Returns the exit code. */
export async function collect(path: string, flags: CollectFlags): Promise<number> {
  const { out, optuna, tensorboard, mlflow, experiment, ...forms } = flags;
  const [form] = Object.keys(forms) as SweepForm[];
  const report = await collectSweep(path);
  const told = await exportSweep(report, path, { optuna, tensorboard, mlflow, experiment });
  if (told.length > 0 && form === undefined && out === undefined) {
    process.stdout.write(told.map((line) => `${line}\n`).join(''));
    return 0;
  }
  const columns = out === undefined && process.stdout.isTTY ? widthOf(process.stdout) : undefined;
  const text = form === undefined ? `${resultsText(report, columns)}\n` : FORMS[form](report);
  if (out === undefined) process.stdout.write(text);
  else await writeText(out, text);
  return 0;
}

/** `cl-torch sweep report`. Returns the exit code. */
export async function reportSweep(path: string, { out }: { readonly out?: string }): Promise<number> {
  const report = await collectSweep(path);
  const file = out ?? join(path, 'sweep.html');
  await writeSweepPage(file, report);
  if (!isStandardOutput(file)) process.stdout.write(`${file}\n`);
  return 0;
}
