import { join } from 'node:path';
import type { Environment, RunEvent, RunResult } from '../experiment/types.js';
import { decimal, duration, grouped } from './text.js';

/** What a run is about to do, and on what: two lines. */
export function heading({ strategy, config, environment }: Extract<RunEvent, { type: 'start' }>): string {
  const { benchmark, dataset, tasks, epochs } = config;
  return (
    `${strategy} on ${benchmark} of ${dataset}: ${count(tasks, 'task')}, ${count(epochs, 'epoch')} each\n` +
    machine(environment)
  );
}

/**
 * A finished run in a few lines: average, seconds by phase, speed, device, files.
 *
 * @param samplesPerSecond - Training images a second, over all epochs.
 */
export function summary(result: RunResult, samplesPerSecond: number): string {
  const { average, seconds, environment, config } = result;
  const phases = (['setup', 'training', 'search', 'evaluation'] as const)
    .filter((name) => name !== 'search' || seconds.search > 0)
    .map((name) => `${name} ${duration(seconds[name])}`);
  const files = config.out === undefined ? [] : [`Files: ${join(config.out, 'result.json')}, config.json`];
  return [
    `Average accuracy: ${decimal(average ?? Number.NaN)} % (mean of the mean accuracies after each task)`,
    `Time: ${duration(seconds.total)} (${phases.join(', ')})`,
    `Speed: ${grouped(samplesPerSecond)} training images a second`,
    `On: ${machine(environment)}`,
    ...files,
  ].join('\n');
}

function machine({ device, deviceName, threads, libtorch }: Environment): string {
  const detail = device === 'cpu' ? `${deviceName}, ${count(threads, 'thread')}` : deviceName;
  return `${device} (${detail}), LibTorch ${libtorch}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
