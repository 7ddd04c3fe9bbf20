import picocolors from 'picocolors';
import { parseConfig } from '../../lib/config/parse.js';
import { continualMetrics } from '../../lib/metrics/index.js';
import type { RunResult } from '../../lib/runs/types.js';
import { environment } from './made-up-run.js';

/** A run of fine-tuning that measured these accuracies. */
export function measured(accuracy: readonly (readonly number[])[], more: Partial<RunResult> = {}): RunResult {
  const taskMeans = accuracy.map((row) => row.reduce((sum, value) => sum + value, 0) / row.length);
  return {
    schemaVersion: 2,
    status: 'completed',
    strategy: 'baseline',
    config: parseConfig({ strategy: 'baseline' }),
    environment,
    accuracy,
    taskMeans,
    average: taskMeans.reduce((sum, value) => sum + value, 0) / taskMeans.length,
    metrics: continualMetrics(accuracy, null),
    unseen: null,
    losses: [],
    epochSeconds: [],
    taskReports: [],
    seconds: { setup: 1, training: 100, search: 0, phases: {}, evaluation: 4.25, total: 105.5 },
    peakMemoryBytes: 0,
    ...more,
  };
}

/** Colours that are none. */
export const plain: ReturnType<typeof picocolors.createColors> = picocolors.createColors(false);

/** 10 tasks; the entry for training task i and measuring task j is 90 + i / 10 + j / 100. */
export const matrix: number[][] = Array.from({ length: 10 }, (_, i) =>
  Array.from({ length: i + 1 }, (_, j) => 90 + i / 10 + j / 100),
);
