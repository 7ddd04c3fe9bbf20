// Trains many small configurations and prints, bit for bit, what came out: digests of every step's loss and of the final
// weights, accuracies, and what the searches found. test/fixtures/recorded.json is this output; it was made by
//   MKL_CBWR=AVX2 ATEN_CPU_CAPABILITY=avx2 node test/support/record-runs.mjs > test/fixtures/recorded.json
// and is made again only where a change is meant to change results. test/parity/recorded.test.ts compares.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContinualLearner, runExperiment } from '../../dist/index.js';
import { writeMnistHead } from './mnist-head.mjs';
import { vendor } from './vendor.mjs';

const narrow = { hidden: [50, 30], batchSize: 100 };
const searches = { directionIterations: 4, directionBatchSize: 64, lambdaIterations: 6 };
const reference = { strategy: 'lfd', preset: 'reference', tasks: 3 };
const adamW = { learningRate: 3e-3, weightDecay: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-6 };
/** Nothing is learnt: the results are the first weights, the order of the images and the draws of a method. */
const frozen = { learningRate: 0, weightDecay: 0, hidden: [40] };

/** What is not said is the article's: three hidden layers of 400, batches of 256. */
const RUNS = {
  'reference preset': reference,
  'reference preset, 2 threads': { ...reference, threads: 2 },
  'reference preset, fused': { ...reference, tasks: 2, engine: 'fused', seed: 7 },
  'baseline 1': { strategy: 'baseline', evaluateAll: 'on' },
  'baseline 2': { strategy: 'baseline', engine: 'autograd', validation: 300, ...narrow, ...adamW },
  'baseline 3': {
    strategy: 'baseline',
    tasks: 3,
    hidden: [33],
    batchSize: 77,
    threads: 2,
    permutationSeed: 5,
  },
  'er 1': { strategy: 'er', tasks: 3, hidden: [100, 100] },
  'er 2': { strategy: 'er', engine: 'autograd', memoryPer: 'class', memorySize: 7, rehearsal: 33, ...narrow },
  'er 3': {
    strategy: 'er',
    memorySelection: 'all',
    rehearsal: 16,
    evaluateAll: 'on',
    hidden: [37],
    ...adamW,
  },
  'lfd 1': { strategy: 'lfd', tasks: 3, hidden: [100, 60], ...searches },
  'lfd 2': {
    strategy: 'lfd',
    engine: 'autograd',
    sphere: 'per-tensor',
    radius: 3,
    ratios: [0.4, 1],
    alpha: 0.05,
    directionMomentum: 0.2,
    directionSchedule: 'constant',
    equilibriumPoint: 'off',
    ...narrow,
    ...searches,
  },
  'lfd 3': {
    strategy: 'lfd',
    direction: 'random',
    sphere: 'per-tensor',
    radius: 1.5,
    alpha: 0.5,
    memoryPer: 'class',
    memorySize: 5,
    lambdaStart: 0.8,
    lambdaClip: 0.5,
    lambdaSchedule: 'constant',
    lambdaClamp: [0, 1],
    ...narrow,
    ...searches,
  },
  'er+lfd 1': { strategy: 'er+lfd', engine: 'autograd', tasks: 3, smoothing: 0.3, ...narrow, ...searches },
  'er+lfd 2': {
    strategy: 'er+lfd',
    sphere: 'per-tensor',
    memoryPer: 'class',
    memorySize: 4,
    rehearsal: 20,
    evaluateAll: 'on',
    hidden: [64],
    ...searches,
  },
  'er+lfd 3': {
    strategy: 'er+lfd',
    tasks: 3,
    threads: 2,
    smoothing: 0.5,
    validation: 200,
    equilibriumPoint: 'off',
    hidden: [20, 20, 20, 20],
    batchSize: 50,
    ...searches,
  },
  'joint 1': { strategy: 'joint', tasks: 3, hidden: [100] },
  'joint 2': { strategy: 'joint', engine: 'autograd', evaluateAll: 'on', ...narrow },
  'joint 3': { strategy: 'joint', validation: 100, seed: 3, hidden: [10, 20], batchSize: 33, ...adamW },
  'diverging, fused': {
    strategy: 'baseline',
    learningRate: 10,
    hidden: [60, 60, 60, 60, 60],
    weightDecay: 10,
  },
  'diverging, autograd, on and on': {
    strategy: 'er+lfd',
    engine: 'autograd',
    learningRate: 10,
    weightDecay: 10,
    alpha: 10,
    radius: 1e6,
    onNan: 'continue',
    ...narrow,
    ...searches,
  },
  'frozen baseline': { strategy: 'baseline', ...frozen },
  'frozen er': {
    strategy: 'er',
    memoryPer: 'class',
    memorySize: 6,
    rehearsal: 32,
    evaluateAll: 'on',
    ...frozen,
  },
  'frozen lfd': { strategy: 'lfd', ...frozen, ...searches },
};

/** Of the latest run. */
let environment;

const folder = mkdtempSync(join(tmpdir(), 'cl-torch-record-'));
try {
  const dataDir = writeMnistHead(join(folder, 'data'));
  const runs = {};
  for (const [name, config] of Object.entries(RUNS))
    runs[name] = await recordRun(config, dataDir, join(folder, name));
  runs['learner with a growing head'] = await recordLearner(dataDir);
  process.stdout.write(`${JSON.stringify({ machine: machine(), runs }, null, 1)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function recordRun(config, dataDir, out) {
  const losses = [];
  const result = await runExperiment(
    { tasks: 2, epochs: 2, threads: 1, device: 'cpu', ...config, dataDir, out, checkpointEvery: 'off' },
    { onEvent: collect(losses) },
  );
  environment = result.environment;
  return {
    engine: result.environment.engine,
    accuracy: result.accuracy,
    unseen: result.unseen,
    diverged: result.diverged,
    ...told(losses, result.taskReports),
    weights:
      result.status === 'completed'
        ? digest(tensorBytes(readFileSync(join(out, 'model.safetensors'))))
        : null,
  };
}

/** Float inputs, and classes that come later. */
async function recordLearner(dataDir) {
  const rows = 600;
  const labels = readFileSync(join(dataDir, 'train-labels-idx1-ubyte')).subarray(8, 8 + rows);
  const images = readFileSync(join(dataDir, 'train-images-idx3-ubyte')).subarray(16, 16 + rows * 784);
  const config = { strategy: 'er+lfd', inputs: 784, classes: 5, memorySize: 40, device: 'cpu', threads: 1 };
  const learner = await ContinualLearner.create({ ...config, ...narrow, ...searches });
  const losses = [];
  const reports = [];
  for (const isKnown of [(label) => label < 5, (label) => label >= 5]) {
    const chosen = [...labels.keys()].filter((row) => isKnown(labels[row]));
    const task = {
      inputs: Float32Array.from(
        chosen.flatMap((row) => [...images.subarray(row * 784, (row + 1) * 784)]),
        (v) => v / 300,
      ),
      labels: chosen.map((row) => labels[row]),
    };
    reports.push((await learner.learn(task, { epochs: 2, onEvent: collect(losses) })).report);
  }
  const weights = (await learner.parameters()).map(({ data }) => bytesOf(data));
  await learner[Symbol.asyncDispose]();
  return { engine: 'fused', ...told(losses, reports), weights: digest(Buffer.concat(weights)) };
}

/** Puts the steps' losses into `losses[task][epoch]`. */
function collect(losses) {
  return (event) => {
    if (event.type !== 'epoch') return;
    losses[event.task] ??= [];
    losses[event.task].push(event.stepLosses);
  };
}

/** What a training told, in numbers and digests of numbers. */
function told(losses, reports) {
  return {
    /** Of each task's first epoch; JSON's numbers are exact. */
    firstLosses: losses.map(([steps]) => [...steps]),
    losses: losses.map((epochs) => epochs.map((steps) => digest(bytesOf(steps)))),
    reports: reports.map(searchesOf),
  };
}

/** The one place that knows how a strategy's report is laid out. */
function searchesOf({ measures, curves, phases }) {
  const [before, after] = curves['direction-path']?.ends ?? [];
  return {
    deviation: measures.deviation?.value ?? null,
    direction: phases.direction ? [before, ...curves['direction-path'].values, after] : null,
    equilibriumPoint: phases['equilibrium-point']
      ? [
          ...curves['lambda-path'].values,
          measures['loss-old'].value,
          measures['loss-new'].value,
          measures.loss.value,
          ...phases['equilibrium-point'].accuracyBefore,
        ]
      : null,
  };
}

function bytesOf(numbers) {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** All tensors' bytes in the order of the file, whatever its header says. */
function tensorBytes(file) {
  return file.subarray(8 + Number(file.readBigUInt64LE(0)));
}

/** Of float32 numbers; every NaN counts as the same one. */
function digest(bytes) {
  const numbers = new Float32Array(Uint8Array.from(bytes).buffer);
  const bits = new Uint32Array(numbers.buffer);
  for (const [place, value] of numbers.entries()) if (Number.isNaN(value)) bits[place] = 0x7fc00000;
  return createHash('sha256').update(bits).digest('hex').slice(0, 32);
}

/** All that the bits depend on beside the configuration. */
function machine() {
  const { header, sharedObjects } = process.report.getReport();
  const addon = readFileSync(
    sharedObjects.find((path) => path.endsWith('cl_torch.node')),
    'latin1',
  );
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1].split(' ') ?? [];
  return {
    libtorch: environment.libtorch,
    kernels: environment.deviceName,
    processor: vendor === 'amd' ? 'AMD' : 'not AMD',
    instructions: ['avx512f', 'avx2'].find((set) => flags.includes(set)) ?? 'older than AVX2',
    compiler: /GCC: \([^)]*\) [\d.]+/.exec(addon)?.[0] ?? 'not GCC',
    glibc: header.glibcVersionRuntime,
  };
}
