import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExperimentInput } from '../../lib/config/types.js';
import type { RunResult } from '../../lib/runs/types.js';

/** What is told of a method here, beside the options that all runs share. */
export type Method = ExperimentInput extends infer Input
  ? Input extends unknown
    ? Omit<Input, 'dataDir'>
    : never
  : never;

/** A run of a moment: 2 tasks of 512 images. */
export function shortRun(method: Method, dataDir: string): ExperimentInput {
  return {
    tasks: 2,
    epochs: 2,
    hidden: [16],
    batchSize: 64,
    device: 'cpu',
    threads: 1,
    ...method,
    dataDir,
  } as ExperimentInput;
}

/** What must be the same however often a run was stopped: every number but seconds and memory. */
export function timeless(result: RunResult): unknown {
  const { accuracy, unseen, taskMeans, average, losses, taskReports, strategy } = result;
  const reports = JSON.parse(JSON.stringify(taskReports, (key, value) => (key === 'seconds' ? 0 : value)));
  return { accuracy, unseen, taskMeans, average, losses, reports, strategy };
}

/** The final weights' file, byte for byte. */
export function modelIn(folder: string): Promise<Buffer> {
  return readFile(join(folder, 'model.safetensors'));
}
