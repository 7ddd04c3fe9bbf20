import { expect } from 'vitest';
import { ClTorchError } from '../../lib/base/errors.js';
import { ContinualLearner } from '../../lib/learner/learner.js';
import type { TaskData } from '../../lib/learner/task-data.js';
import { engine } from './engine.js';
import { syntheticRows } from './synthetic.js';

export const features = 12;

export const small: {
  inputs: number;
  classes: number;
  hidden: number[];
  batchSize: number;
  learningRate: number;
  seed: number;
  device: 'cpu';
  threads: number;
  engine: 'autograd' | 'fused';
} = {
  inputs: features,
  classes: 3,
  hidden: [16],
  batchSize: 16,
  learningRate: 0.01,
  seed: 5,
  device: 'cpu',
  threads: 1,
  engine,
};

export const memory: { memorySize: number; rehearsal: number } = { memorySize: 20, rehearsal: 8 };

/** A task that can be learnt; `first` shifts its classes: first, first + 1, …. */
export function task(rows: number = 120, classes: number = 3, first: number = 0): TaskData {
  const { images, labels } = syntheticRows(rows, features, classes);
  return { inputs: images, labels: Int32Array.from(labels, (label) => label + first) };
}

/** The same with bright and dark exchanged: a task that can be known beside the first. */
export function negative(data: TaskData): TaskData {
  return { ...data, inputs: data.inputs.map((byte: number) => 255 - byte) };
}

export function slice({ inputs, labels }: TaskData, begin: number, end: number): TaskData {
  return {
    inputs: inputs.slice(begin * features, end * features),
    labels: Array.from(labels).slice(begin, end),
  };
}

export async function weights(learner: ContinualLearner): Promise<number[][]> {
  return (await learner.parameters()).map(({ data }) => Array.from(data));
}

export function baseline(): Promise<ContinualLearner> {
  return ContinualLearner.create({ strategy: 'baseline', ...small });
}

export function rehearsing(): Promise<ContinualLearner> {
  return ContinualLearner.create({ strategy: 'er+lfd', ...small, ...memory });
}

/** The error with which a call is refused, which must be one of this package. */
export async function refusal(call: () => Promise<unknown>): Promise<ClTorchError> {
  const error: unknown = await call().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ClTorchError);
  return error as ClTorchError;
}
