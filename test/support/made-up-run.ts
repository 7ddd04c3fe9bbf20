import { parseConfig } from '../../lib/config/parse.js';
import type { ExperimentInput } from '../../lib/config/types.js';
import { average, continualMetrics, taskMean } from '../../lib/metrics/index.js';
import type { Environment, RunResult, TaskReport } from '../../lib/runs/types.js';

export const environment: Environment = {
  clTorch: '0.1.0',
  node: '20.19.0',
  libtorch: '2.14.1',
  cuda: null,
  device: 'cpu',
  deviceName: 'AVX2',
  threads: 2,
  engine: 'fused',
  engineReason: null,
  precision: 'fp32',
};

/** A run of a strategy whose numbers follow a rule of their own; the first `done` of its tasks are finished. */
export function madeUpRun(
  input: ExperimentInput,
  { done = input.tasks ?? 10, loss = 3 }: { done?: number; loss?: number } = {},
): RunResult {
  const config = parseConfig(input);
  const shift = (config.seed % 7) / 10;
  const accuracy = Array.from({ length: done }, (_, i) =>
    Array.from({ length: i + 1 }, (_, j) => 97 + shift - 0.2 * j - loss * (i - j) ** 1.2),
  );
  const taskMeans = accuracy.map(taskMean);
  const searches = config.strategy === 'lfd' || config.strategy === 'er+lfd';
  return {
    schemaVersion: 1,
    status: done === config.tasks ? 'completed' : 'interrupted',
    strategy: config.strategy,
    startedAt: '2026-11-25T21:04:05.678Z',
    config,
    environment,
    accuracy,
    taskMeans,
    average: done > 0 ? average(taskMeans) : null,
    metrics: continualMetrics(accuracy, null),
    unseen: null,
    losses: accuracy.map((_, task) =>
      Array.from({ length: config.epochs }, (_, epoch) => 0.25 / (epoch + 1) + 0.02 * task),
    ),
    epochSeconds: accuracy.map(() => Array.from({ length: config.epochs }, () => 1.2)),
    taskReports: accuracy.map((row, task) => (searches && task > 0 ? searchReport(row) : silent)),
    seconds: {
      setup: 1.5,
      training: 6 * done,
      search: searches ? done : 0,
      evaluation: 4.25,
      total: 8 * done + 6 + shift,
    },
    peakMemoryBytes: 364e6,
  };
}

const silent: TaskReport = { direction: null, deviation: null, equilibriumPoint: null };

function searchReport(row: readonly number[]): TaskReport {
  const tasks = row.length;
  return {
    direction: {
      objectiveFirst: 0.4 + 0.05 * tasks,
      objectiveLast: 0.3 + 0.03 * tasks,
      path: Array.from({ length: 20 }, (_, step) => 0.3 + 0.03 * tasks + (0.1 + 0.02 * tasks) * 0.8 ** step),
      seconds: 0.4,
    },
    deviation: 3.2,
    equilibriumPoint: {
      path: Array.from({ length: 41 }, (_, step) => 0.4 + 0.04 * tasks + 0.5 * 0.9 ** step),
      lossOld: 0.9,
      lossNew: 0.6,
      loss: 0.45,
      accuracyBefore: row.map((percent) => percent - 1),
      seconds: 0.3,
    },
  };
}
