import { basename, join } from 'node:path';
import { count } from '../../base/count.js';
import { displayed } from '../../base/paths.js';
import type { ExperimentConfig, LeftOut } from '../../config/types.js';
import { type ContinualMetrics, taskMean } from '../../metrics/index.js';
import type { Environment, RunEvent, RunResult } from '../../runs/types.js';
import { type Divergence, divergenceText } from '../../training/divergence.js';
import { imagesOf } from './images.js';
import { phaseTimes } from './reported.js';
import { decimal, duration, grouped } from './text.js';

/** What a run is about to do, and on what: two lines. */
export function heading({ config, environment }: Extract<RunEvent, { type: 'start' }>): string {
  return `${headline(config)}\n${machine(environment)}`;
}

/** What a run is about to do. */
export function headline(config: ExperimentConfig): string {
  return `${config.strategy} on ${streamText(config)}: ${tasksText(config)}, ${lengthText(config)}`;
}

/** The benchmark and its data set, or the file or folder of one's own data. */
export function streamText({
  benchmark,
  dataset,
  dataDir,
}: Pick<ExperimentConfig, 'benchmark' | 'dataset' | 'dataDir'>): string {
  return `${benchmark} of ${dataDir === undefined ? dataset : basename(dataDir)}`;
}

/** How long each task is trained. */
export function lengthText({ epochs, iterations }: Pick<ExperimentConfig, 'epochs' | 'iterations'>): string {
  return iterations === undefined
    ? `${count(epochs ?? 1, 'epoch')} each`
    : `${count(iterations, 'iteration')} each`;
}

/** How many tasks there are, and how they differ; a result of an earlier version does not tell that. */
export function tasksText({
  tasks,
  scenario,
}: LeftOut<Pick<ExperimentConfig, 'scenario'>> & { readonly tasks: number }): string {
  return count(tasks, scenario === undefined ? 'task' : `${scenario}-incremental task`);
}

/**
 * A finished run in a few lines: average, metrics, seconds by phase, speed, device, files.
 *
 * @param samplesPerSecond - Training images a second, over all epochs; NaN when there was none left to train.
 */
export function summary(result: RunResult, samplesPerSecond: number): string {
  const { average, seconds, environment, config } = result;
  const phases = [
    { label: 'setup', seconds: seconds.setup },
    { label: 'training', seconds: seconds.training },
    ...phaseTimes(result),
    { label: 'evaluation', seconds: seconds.evaluation },
  ].map(({ label, seconds }) => `${label} ${duration(seconds)}`);
  const files =
    config.out === undefined
      ? []
      : [`Files: ${[displayed(join(config.out, 'result.json')), ...otherFiles(result)].join(', ')}`];
  return [
    ...(result.diverged ? [divergedLine(result, result.diverged)] : []),
    ...(average === null
      ? []
      : [
          `Average accuracy: ${decimal(average)} % of the ${imagesOf(config)} (mean of the mean accuracies after each task)`,
        ]),
    ...(result.metrics ? [metricsLine(result.metrics)] : []),
    ...taskAwareLine(result),
    `Time: ${duration(seconds.total)} (${phases.join(', ')})`,
    ...(samplesPerSecond > 0 ? [`Speed: ${grouped(samplesPerSecond)} training images a second`] : []),
    `On: ${machine(environment)}`,
    ...files,
  ].join('\n');
}

function divergedLine({ status, accuracy, config }: RunResult, divergence: Divergence): string {
  const end =
    status === 'diverged' ? `, and ended after ${accuracy.length} of ${count(config.tasks, 'task')}` : '';
  return `${divergenceText(divergence).replace(/\.$/, '')}${end}. No averages and no metrics are told of it.`;
}

/** What docs/metrics.md defines, in percent and percentage points. */
function metricsLine(metrics: ContinualMetrics): string {
  const { averageAccuracy, forgetting, backwardTransfer, forwardTransfer } = metrics;
  const points = [
    ['forgetting', forgetting],
    ['backward transfer (BWT)', backwardTransfer],
    ['forward transfer (FWT)', forwardTransfer],
  ] as const;
  const told = points.flatMap(([name, value]) =>
    value === null ? [] : [`${name} ${value.toFixed(2)} points`],
  );
  return [`After the last task: ${averageAccuracy.toFixed(2)} % (ACC)`, ...told].join(', ');
}

/** Of class-incremental tasks: how good the model is when it is told which task an image is of. */
function taskAwareLine({ accuracyTaskAware, accuracy }: RunResult): string[] {
  const last = accuracyTaskAware?.at(-1);
  if (last === undefined || last.length < accuracy.length) return [];
  return [`Told the task of each image: ${decimal(taskMean(last))} % after the last task`];
}

/** What it runs on. */
export function machine({ device, deviceName, threads, libtorch, engine, precision }: Environment): string {
  const detail = device === 'cpu' ? `${deviceName}, ${count(threads, 'thread')}` : deviceName;
  const digits = precision === 'fp32' ? '' : ` in ${precision}`;
  return `${device} (${detail}), ${engine} engine${digits}, LibTorch ${libtorch}`;
}

/** What lies in the run's folder beside result.json. */
function otherFiles({ status, config }: RunResult): string[] {
  return [
    'report.html',
    'config.json',
    ...(status === 'completed' ? ['model.safetensors'] : []),
    ...(config.checkpointEvery === 'off' ? [] : ['checkpoint.safetensors']),
  ];
}
