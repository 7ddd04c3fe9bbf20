import { basename, join, resolve } from 'node:path';
import { displayed } from '../../base/paths.js';
import { writeFileAtomic } from '../../files/index.js';
import { hparamsFiles } from '../../sinks/exports/hparams.js';
import { sendToMlflow } from '../../sinks/exports/mlflow.js';
import { optunaJournal } from '../../sinks/exports/optuna.js';
import type { SweepReport } from '../../sweep/plan/types.js';

/** Where a sweep goes for other programs; what is left out is not written. */
export interface ExportPlaces {
  /** A file. */
  readonly optuna?: string | undefined;
  /** A folder. */
  readonly tensorboard?: string | undefined;
  /** The URL of a tracking server. */
  readonly mlflow?: string | undefined;
  /** MLflow's experiment; the sweep's folder's name when left out. */
  readonly experiment?: string | undefined;
}

/**
 * Writes a sweep for other programs. Returns a line for people about each.
 * @throws {ClTorchError} OUTPUT_FAILED when one cannot be written or sent; INVALID_ARGUMENT when the URL is none.
 */
export async function exportSweep(
  report: SweepReport,
  folder: string,
  { optuna, tensorboard, mlflow, experiment = basename(resolve(folder)) }: ExportPlaces,
): Promise<string[]> {
  const at = new Date();
  const told: string[] = [];
  if (optuna !== undefined) {
    await writeFileAtomic(optuna, optunaJournal(report, at));
    told.push(displayed(optuna));
  }
  if (tensorboard !== undefined) {
    for (const { path, bytes } of hparamsFiles(report, at))
      await writeFileAtomic(join(tensorboard, path), bytes);
    told.push(displayed(tensorboard));
  }
  if (mlflow !== undefined) {
    const { sent, already } = await sendToMlflow(report, { url: mlflow, experiment }, at);
    told.push(`${experiment} in MLflow: ${sent} runs sent, ${already} were there`);
  }
  return told;
}
