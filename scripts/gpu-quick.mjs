// The first minute on a GPU: does every kernel compute what it should, and how long does a step take?
//
//   node scripts/gpu-quick.mjs                    each precision beside the CPU, then four models as one batch; some 40 s
//   node scripts/gpu-quick.mjs --graphs           the autograd engine with CUDA graphs beside itself without; some 20 s
//   node scripts/gpu-quick.mjs --epoch PRECISION  one epoch, for a profiler: fp32, tf32 or bf16
//
// Trains the article's network on MNIST, on the first GPU or the device that CL_TORCH_QUICK_DEVICE names. Each part stands
// by itself: one that fails is told, and the others go on. The exit status is 1 when one failed. `scripts/gpu-machine.sh`
// runs it on a bare machine, after the build.
import { loadDataset, Session } from '../dist/index.js';
import { loadNative } from '../dist/session/native.js';
import { mlp } from '../dist/session/network.js';
import { createTrainingGroup } from '../dist/session/training-group.js';

const network = mlp(784, [400, 400, 400], 10);
const optimizer = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-4 };
const autograd = { engine: 'autograd', precision: 'fp32' };
const batchSize = 256;
const device = process.env.CL_TORCH_QUICK_DEVICE ?? 'cuda:0';
const direction = {
  radius: 20,
  ratios: [1],
  learningRate: 0.01,
  momentum: 0,
  decays: false,
  iterations: 0,
  batchSize: 1,
  smoothing: 0,
  trainingStream: false,
  perTensor: false,
};
/** What a precision may differ by from float32 on the CPU in the first losses; a ReLU that flips comes later. */
const bounds = { fp32: 1e-4, tf32: 0.01, bf16: 0.05 };

const dataset = await loadDataset('mnist', {});

/** A session on `where` with the article's network, ready to train. */
async function open(where, arithmetic, { penalty = false, trainingGroup, seed = 7 } = {}) {
  const session = await Session.open({ device: where, threads: 4, trainingGroup });
  const data = await session.loadDataset({ ...dataset.train, features: 784 });
  const identity = Int32Array.from({ length: 784 }, (_, index) => index);
  const view = await session.addView({ dataset: data, columns: identity.slice().reverse() });
  await session.createModel({ network, seed, ...arithmetic });
  await session.vectors.copy('parameters', 'anchor');
  if (penalty) {
    await session.findDirection(direction);
    await session.setPenalties([
      { strength: 0.05, direction: 'direction', perTensor: false, radius: 20, gradient: 'autograd' },
    ]);
  }
  await session.createOptimizer(optimizer);
  return { session, view };
}

const train = ({ session, view }) => session.trainEpoch({ views: [view], batchSize });

/** The outcomes of so many epochs of a session that lives no longer. */
async function trained(where, arithmetic, options, count = 1, afterwards = () => undefined) {
  const opened = await open(where, arithmetic, options);
  try {
    const epochs = [];
    for (let epoch = 0; epoch < count; ++epoch) epochs.push(await train(opened));
    return { epochs, after: await afterwards(opened) };
  } finally {
    opened.session.dispose();
  }
}

/** The losses of the first epoch. */
async function firstLosses(where, arithmetic, options) {
  const { epochs } = await trained(where, arithmetic, options);
  return epochs[0].losses;
}

function difference(left, right, count) {
  let worst = 0;
  for (let i = 0; i < count; ++i) worst = Math.max(worst, Math.abs(left[i] / right[i] - 1));
  return worst;
}

const steps = Math.ceil(dataset.train.rows / batchSize);
const perStep = (seconds) => `${((seconds / steps) * 1e6).toFixed(1)} µs a step`;

/** Four epochs: the first losses beside those expected, then the times. */
async function measure(engine, precision, penalty, expected) {
  const { epochs, after } = await trained(
    device,
    { engine, precision },
    { penalty },
    4,
    ({ session, view }) => session.evaluate({ views: [view], batchSize }),
  );
  const { seconds, correct, total } = after;
  const error = difference(epochs[0].losses, expected, 10);
  const times = epochs.map((epoch) => perStep(epoch.seconds));
  const accuracy = ((100 * correct[0]) / total[0]).toFixed(2);
  return {
    ok: error < bounds[precision] && correct[0] > (penalty ? 0.75 : 0.95) * total[0],
    text: `first 10 losses differ by ${error.toExponential(1)} (bound ${bounds[precision]}); ${times.join(', ')}; evaluation ${(seconds * 1e3).toFixed(1)} ms, ${accuracy} % right`,
  };
}

async function floors(precision) {
  const { timeGemm } = await loadNative();
  const options = { network, rows: dataset.train.rows, batchSize, device, threads: 4, precision };
  timeGemm(options);
  const { libtorchSeconds, ownSeconds } = timeGemm(options);
  return {
    ok: true,
    text: `GEMMs alone: ${perStep(ownSeconds)} as graphs, ${perStep(libtorchSeconds)} by LibTorch's own calls`,
  };
}

/** Four models as one batch: the losses of each beside those it has alone. */
async function group(precision) {
  const seeds = [1, 2, 3, 4];
  const arithmetic = { engine: 'fused', precision };
  const alone = [];
  for (const seed of seeds) alone.push(await firstLosses(device, arithmetic, { penalty: true, seed }));
  const trainingGroup = await createTrainingGroup({ places: seeds.length });
  const members = [];
  for (const seed of seeds)
    members.push(await open(device, arithmetic, { penalty: true, seed, trainingGroup }));
  const first = await Promise.all(members.map(train));
  const second = await Promise.all(members.map(train));
  const worst = Math.max(...first.map(({ losses }, i) => difference(losses, alone[i], 10)));
  for (const { session } of members) session.dispose();
  trainingGroup.dispose();
  return {
    ok: worst < bounds[precision],
    text: `each model's first 10 losses differ from alone by ${worst.toExponential(1)}; four at once: ${perStep(Math.max(...second.map((epoch) => epoch.seconds)))}`,
  };
}

/** Four epochs of the autograd engine with its steps as CUDA graphs beside the same without: equal to the last bit. */
async function autogradGraphs(penalty) {
  const epochs = {};
  for (const graphs of ['off', 'on']) {
    process.env.CL_TORCH_CUDA_GRAPHS = graphs;
    epochs[graphs] = (await trained(device, autograd, { penalty }, 4)).epochs;
  }
  delete process.env.CL_TORCH_CUDA_GRAPHS;
  const [without, replayed] = [epochs.off, epochs.on].map((all) => all.flatMap(({ losses }) => [...losses]));
  const differs = replayed.findIndex((loss, step) => !Object.is(loss, without[step]));
  const times = [epochs.off, epochs.on].map((all) => all.map(({ seconds }) => perStep(seconds)).join(', '));
  const had = epochs.on.map(({ cudaGraphs }) => cudaGraphs).join(' ');
  return {
    ok: differs < 0 && had === 'true true true true',
    text: `${differs < 0 ? `${steps * 4} losses are equal` : `step ${differs} differs: ${replayed[differs]}, ${without[differs]}`}; without ${times[0]}; with ${times[1]}; replayed: ${had}`,
  };
}

async function part(name, body) {
  try {
    const { ok, text } = await body();
    console.log(`${ok ? 'ok    ' : 'WRONG '} ${name}: ${text}`);
    if (!ok) process.exitCode = 1;
  } catch (error) {
    console.log(`FAILED ${name}: ${error.stack}`);
    process.exitCode = 1;
  }
}

if (process.argv[2] === '--epoch') {
  await trained(device, { engine: 'fused', precision: process.argv[3] }, { penalty: true });
} else if (process.argv[2] === '--graphs') {
  await part('autograd as graphs', () => autogradGraphs(false));
  await part('autograd as graphs, penalty', () => autogradGraphs(true));
} else {
  // A direction is drawn from the device's own generator, so what has a penalty is compared with autograd beside it.
  const plain = await firstLosses('cpu', autograd, { penalty: false });
  const penalised = await firstLosses(device, autograd, { penalty: true });
  for (const precision of ['fp32', 'tf32', 'bf16']) {
    await part(`fused, ${precision}`, () => measure('fused', precision, false, plain));
    await part(`fused, ${precision}, penalty`, () => measure('fused', precision, true, penalised));
    await part(`floor, ${precision}`, () => floors(precision));
  }
  await part('autograd, fp32', () => measure('autograd', 'fp32', false, plain));
  await part('autograd, fp32, penalty', () => measure('autograd', 'fp32', true, penalised));
  for (const precision of ['fp32', 'bf16']) await part(`four models, ${precision}`, () => group(precision));
}
