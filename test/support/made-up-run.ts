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
    schemaVersion: 2,
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
      Array.from({ length: config.epochs ?? 0 }, (_, epoch) => 0.25 / (epoch + 1) + 0.02 * task),
    ),
    epochSeconds: accuracy.map(() => Array.from({ length: config.epochs ?? 0 }, () => 1.2)),
    taskReports: accuracy.map((row, task) => (searches && task > 0 ? searchReport(row) : silent)),
    seconds: {
      setup: 1.5,
      training: 6 * done,
      search: searches ? 0.7 * done : 0,
      phases: searches ? { direction: 0.4 * done, 'equilibrium-point': 0.3 * done } : {},
      evaluation: 4.25,
      total: 8 * done + 6 + shift,
    },
    peakMemoryBytes: 364e6,
  };
}

/** More methods than a picture has colours, with two seeds each. */
export function manyRuns(tasks: number): RunResult[] {
  const strategies = [
    ...(['ewc', 'si', 'mas', 'lwf', 'er', 'agem', 'derpp', 'lfd', 'er+lfd', 'der+lfd'] as const),
    ...(['baseline', 'l2', 'rwalk', 'der', 'er-ace', 'gem', 'joint'] as const),
  ];
  return strategies.flatMap((strategy, place) =>
    [1, 2].map((seed) => {
      const run = madeUpRun({ strategy, seed, tasks }, { loss: 0.1 * (place % 5) + 0.02 * place });
      return { ...run, seconds: { ...run.seconds, total: 60 + 9 * (place % 4) + seed } };
    }),
  );
}

/** Of a strategy that tells nothing. */
export const silent: TaskReport = { measures: {}, curves: {}, phases: {} };

/** What lfd tells of a task: its words, and numbers that follow a rule. */
export function searchReport(row: readonly number[]): TaskReport {
  const tasks = row.length;
  const [first, last] = [0.4 + 0.05 * tasks, 0.3 + 0.03 * tasks];
  const lambda = Array.from({ length: 41 }, (_, step) => 0.4 + 0.04 * tasks + 0.5 * 0.9 ** step);
  const [direction, point] = [{ phase: 'direction' }, { phase: 'equilibrium-point' }];
  return {
    measures: {
      g: {
        ...direction,
        label: 'g',
        before: first,
        value: last,
        digits: 4,
        line: 'memory loss along it {.3}',
      },
      deviation: {
        ...direction,
        label: 'off the direction',
        value: 3.2,
        digits: 3,
        line: 'weights left it by {.2}',
      },
      cosine: {
        ...direction,
        label: '|cos(way, ν)|',
        value: 0.002 * tasks,
        digits: 4,
        line: '|cos| to it {.4}',
      },
      lambda: {
        ...point,
        label: 'λ found',
        value: lambda.at(-1) ?? null,
        digits: 3,
        line: '{%} of the way to the new weights',
      },
      'loss-old': { ...point, label: 'loss at 0', value: 0.9, digits: 4, line: null },
      'loss-new': { ...point, label: 'loss at 1', value: 0.6, digits: 4, line: null },
      loss: { ...point, label: 'loss at λ', value: 0.45, digits: 4, line: null },
    },
    curves: {
      'direction-path': {
        ...direction,
        label: 'Search of the direction',
        x: { label: 'step' },
        y: { label: 'g(ν)' },
        values: Array.from({ length: 20 }, (_, step) => last + (0.1 + 0.02 * tasks) * 0.8 ** step),
        ends: [first, last],
        caption:
          'Objective g(ν), a line for each task: step by step on a batch of the memory; on the whole memory before ' +
          '(hollow) and after (filled).',
      },
      'lambda-path': {
        ...point,
        label: 'The way to the equilibrium point',
        x: { label: 'step' },
        y: { label: 'λ' },
        values: lambda,
        guides: [0, 1],
        caption:
          'λ step by step, a line for each task: 0 is the network before the task, 1 the one after it.',
      },
    },
    phases: {
      direction: { label: 'direction', seconds: 0.4 },
      'equilibrium-point': {
        label: 'equilibrium point',
        seconds: 0.3,
        accuracyBefore: row.map((percent) => percent - 1),
      },
    },
  };
}
