import type { NamedTensor, NetworkSpec, SessionSnapshot } from '../../binding.js';
import { encodeModel } from '../../lib/checkpoint/model-file.js';
import { parseConfig } from '../../lib/config/parse.js';
import type { Checkpoint } from '../../lib/runs/checkpoint.js';
import type { RunResult, TaskReport } from '../../lib/runs/types.js';
import { environment } from './made-up-run.js';
import { mlpOf } from './network.js';

const shapes: [string, number[]][] = [
  ['layers.0.weight', [3, 4]],
  ['layers.0.bias', [3]],
  ['layers.1.weight', [2, 3]],
  ['layers.1.bias', [2]],
];

/** Tensors of a network 4-3-2 that count on from `first`. */
export function tensors(first: number): NamedTensor[] {
  let next = first;
  return shapes.map(([name, shape]) => {
    const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1)).map(
      () => next++ / 3,
    );
    return { name, shape, data };
  });
}

/** Every part that a session can have, each with numbers of its own. */
export const snapshot: SessionSnapshot = {
  network: mlpOf([4, 3, 2]),
  engine: 'fused',
  precision: 'fp32',
  parameters: tensors(0),
  buffers: [],
  keptBuffers: null,
  optimizer: {
    options: {
      optimizer: 'adamw',
      learningRate: 1e-3,
      weightDecay: 1e-4,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      momentum: 0,
      nesterov: 'off',
      clipGradient: 0,
      schedule: 'steps',
      milestones: [2, 5],
      gamma: 0.1,
      restartEpochs: 1,
      restartFactor: 1,
      minLearningRate: 0,
      warmUpEpochs: 1,
      warmUpFactor: 0.2,
    },
    steps: 77,
    vectors: { firstMoment: tensors(100), secondMoment: tensors(200) },
  },
  vectors: {
    anchor: { growth: 'new-rows', tensors: tensors(300) },
    direction: { growth: 'ends', tensors: tensors(400) },
    sums: { growth: 'zeros', tensors: tensors(500) },
    path: { growth: 'zeros', tensors: tensors(600) },
    score: { growth: 'zeros', tensors: tensors(610) },
    curvature: { growth: 'zeros', tensors: tensors(620) },
  },
  penalties: [
    {
      strength: 0.05,
      anchor: 'anchor',
      importance: 'sums',
      direction: 'direction',
      perTensor: false,
      radius: 1.5,
      gradient: 'reference',
    },
  ],
  path: {
    vector: 'path',
    gradient: 'total',
    score: { vector: 'score', curvature: 'curvature', steps: 3, decay: 0.9, damping: 0.1 },
  },
  mask: null,
  maskHides: false,
  gates: null, // which stand alone
  frozen: [],
  batchLoss: {
    crossEntropy: 0.5,
    classes: 'present',
    binary: { begin: 1, end: 2 },
    targets: [
      {
        kind: 'soft',
        weight: 0.5,
        classes: { begin: 0, end: 2 },
        reduction: 'mean',
        temperature: 2,
        scaled: true,
        known: null,
      },
    ],
  },
  draws: [
    {
      examples: 3,
      candidates: 7,
      crossEntropy: 1,
      classes: 'all',
      binary: null,
      targets: [],
      use: 'reference',
      margin: 0.5,
    },
  ],
  memory: [
    {
      view: 0,
      rows: Int32Array.of(5, 1, 7),
      targets: { classes: 2, logits: Float32Array.of(1, 2, 3, 4, 5, 6) },
    },
    { view: 2, rows: Int32Array.of(), targets: null },
  ],
  offered: 1234,
  targets: [{ view: 2, classes: 2, logits: Float32Array.from({ length: 40 }, (_, i) => i / 8) }],
  streams: {
    host: Uint8Array.from({ length: 40 }, (_, i) => i),
    method: Uint8Array.from({ length: 40 }, (_, i) => 255 - i),
    device: Uint8Array.of(1, 2, 3),
    methodDevice: null,
  },
};

/** A report of every part; its numbers are what JSON would lose. */
const reportWith = (value: number): TaskReport => ({
  measures: { deviation: { label: 'off', value, before: Number.NaN, digits: 3, line: null } },
  curves: {
    path: {
      label: 'way',
      phase: 'search',
      x: { label: 'step', every: 2 },
      y: { label: 'g', unit: 'nats' },
      values: [1, Number.NaN],
      ends: [null, Number.POSITIVE_INFINITY],
    },
  },
  phases: { search: { label: 'a search', seconds: 0.25, accuracyBefore: [1 / 3] } },
});
const report = reportWith(-0);
const config = parseConfig({ strategy: 'lfd', tasks: 3, epochs: 2, hidden: [3], out: 'runs/1' });
const result = {
  schemaVersion: 2,
  status: 'running',
  strategy: 'lfd',
  config,
  environment,
  accuracy: [[50 + 1 / 3]],
  taskMeans: [50.33],
  average: 50.33,
  unseen: { initial: [10, 11, 12], later: [[13, 14]] },
  losses: [[Number.NaN, Number.POSITIVE_INFINITY], [0.1]],
  epochSeconds: [[1, 2], [3]],
  taskReports: [report],
  seconds: { setup: 1, training: 6, search: 0, phases: {}, evaluation: 1, total: 9 },
  peakMemoryBytes: 1e9,
} as unknown as RunResult;

/** One epoch into the second task of three. */
export const checkpoint: Checkpoint = {
  config,
  position: { tasksDone: 1, epochsDone: 1 },
  report: reportWith(Number.NEGATIVE_INFINITY),
  result,
  data: 'ab'.repeat(32),
  session: snapshot,
};

/** A model file of an MLP. */
export function modelFile(
  of: NetworkSpec,
  parameters: readonly NamedTensor[],
  metadata: Record<string, string> = {},
): Uint8Array {
  return encodeModel(of, { parameters, buffers: [] }, metadata);
}
