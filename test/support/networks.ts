import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ModelOptions, NamedTensor, NetworkSpec } from '../../binding.js';
import type { OptimizerInput } from '../../lib/session/optimizer.js';
import { Session } from '../../lib/session/session.js';
import { outcomeOf } from './child.js';
import { articleAdamW, identity } from './synthetic.js';

const script = fileURLToPath(new URL('../reference/make_networks.py', import.meta.url));

/** A network as test/reference/make_networks.py trained it; a tensor by its numbers, or by two sums of them. */
export interface PythonNetwork {
  readonly kind: NetworkSpec['kind'];
  readonly input: readonly number[];
  readonly optimizer: 'sgd' | 'adam';
  readonly names: readonly string[];
  readonly shapes: readonly (readonly number[])[];
  readonly bufferNames: readonly string[];
  /** Names of the parameters that do not learn. */
  readonly frozen: readonly string[];
  readonly initial: readonly (readonly number[])[];
  readonly losses: readonly number[];
  readonly final: readonly (readonly number[])[];
  readonly buffers: readonly (readonly number[])[];
  /** Of all rows, in evaluation mode, after the last epoch; */
  readonly logits: readonly number[];
  /** of the first rows' mean loss there. */
  readonly gradients: readonly (readonly number[])[];
  /** Running statistics, estimated anew on all rows; null where some are frozen. */
  readonly estimated: readonly (readonly number[])[] | null;
  /** The kind's own numbers. */
  readonly [setting: string]: unknown;
}

/** What test/reference/make_networks.py prints. */
export interface PythonNetworks {
  readonly torch: string;
  readonly cpuCapability: string;
  readonly rows: number;
  readonly classes: number;
  readonly seed: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly first: number;
  readonly sgd: { readonly lr: number; readonly momentum: number; readonly weight_decay: number };
  readonly adam: {
    readonly lr: number;
    readonly betas: readonly [number, number];
    readonly eps: number;
    readonly weight_decay: number;
  };
  readonly cases: readonly PythonNetwork[];
}

/** What is known of a network that was trained here in the same way. */
export interface Trained {
  readonly initial: readonly NamedTensor[];
  readonly losses: readonly number[];
  readonly final: readonly NamedTensor[];
  readonly buffers: readonly NamedTensor[];
  readonly logits: readonly number[];
  readonly gradients: readonly NamedTensor[];
  /** Null where Python's are. */
  readonly estimated: readonly NamedTensor[] | null;
}

const settings = ['channels', 'kernel', 'hidden', 'width', 'stem', 'norm', 'activation', 'bias', 'dropout'];

/** The kind's own numbers. */
export function settingsOf(of: PythonNetwork): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    settings.filter((name) => Object.hasOwn(of, name)).map((name) => [name, of[name]]),
  );
}

export function specOf(of: PythonNetwork, classes: number): NetworkSpec {
  return { kind: of.kind, input: of.input, classes, ...settingsOf(of) } as unknown as NetworkSpec;
}

/** What the script says of its networks, number by number. */
export async function trainedByPython(python: string, ...flags: readonly string[]): Promise<PythonNetworks> {
  const outcome = await outcomeOf(spawn(python, [script, '--full', ...flags]));
  if (outcome.status !== 0) throw new Error(`${python} failed:\n${outcome.stderr}`);
  return JSON.parse(outcome.stdout) as PythonNetworks;
}

/** Does here what the script does there. */
export async function trainLikePython(
  all: PythonNetworks,
  of: PythonNetwork,
  { device = 'cpu', precision = 'fp32' }: { device?: string; precision?: ModelOptions['precision'] } = {},
): Promise<Trained> {
  const { rows, classes, seed, batchSize, epochs, first } = all;
  const features = of.input.reduce((product, extent) => product * extent, 1);
  const images = Uint8Array.from({ length: rows * features }, (_, at) => {
    const [row, column] = [Math.floor(at / features), at % features];
    return (row * row * 37 + column * 101 + ((row * column) % 97) * 19) % 256;
  });
  const labels = Uint8Array.from({ length: rows }, (_, row) => (row * row) % classes);
  using session = await Session.open({ device, threads: 1 });
  const dataset = await session.loadDataset({ images, labels, features });
  const view = await session.addView({ dataset, columns: identity(features) });
  await session.createModel({ network: specOf(of, classes), seed, engine: 'autograd', precision });
  const initial = await session.parameters();
  await session.createOptimizer(optimizerOf(all, of.optimizer));
  await session.setFrozen(of.frozen);
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; ++epoch) {
    losses.push(...(await session.trainEpoch({ views: [view], batchSize, epoch, epochs })).losses);
  }
  const [final, buffers] = [await session.parameters(), await session.buffers()];
  const logits = [...(await session.predict({ images, features, output: 'logits' }))];
  await session.gradient({ view, rows: Int32Array.from({ length: first }, (_, row) => row) });
  const gradients = await session.vectors.get('gradient');
  await session.estimateStatistics({ views: [view], batchSize });
  const estimated = of.estimated && (await session.buffers());
  return { initial, losses, final, buffers, logits, gradients, estimated };
}

function optimizerOf({ sgd, adam }: PythonNetworks, optimizer: 'sgd' | 'adam'): OptimizerInput {
  if (optimizer === 'sgd') {
    const { lr: learningRate, momentum, weight_decay: weightDecay } = sgd;
    return { optimizer, learningRate, momentum, weightDecay, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  }
  const { lr: learningRate, betas, eps: epsilon, weight_decay: weightDecay } = adam;
  return { optimizer, learningRate, beta1: betas[0], beta2: betas[1], epsilon, weightDecay };
}

/** A tensor's numbers by cos(i + 1), and their squares, summed. */
export function sumsOf({ data }: NamedTensor): [number, number] {
  let [weighted, squares] = [0, 0];
  for (const [i, value] of data.entries()) {
    weighted += value * Math.cos(i + 1);
    squares += value * value;
  }
  return [weighted, squares];
}

/** A ResNet18 of two channels, which trains in a moment. */
export const smallResnet: Extract<NetworkSpec, { readonly kind: 'resnet18' }> = {
  kind: 'resnet18',
  input: [2, 8, 8],
  classes: 3,
  width: 2,
  stem: 32,
  norm: 'batch',
};
/** Pixels of an image of it. */
export const FEATURES = 128;

/** A session in which the network stands at its first weights, with a view of so many images of three classes. */
export async function openWithNetwork(
  network: NetworkSpec,
  rows: number,
): Promise<{ session: Session; view: number }> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  const dataset = await session.loadDataset({
    images: Uint8Array.from({ length: rows * FEATURES }, (_, at) => (at * 89) % 251),
    labels: Uint8Array.from({ length: rows }, (_, row) => row % 3),
    features: FEATURES,
  });
  const view = await session.addView({ dataset, columns: identity(FEATURES) });
  await session.createModel({ network, seed: 3, engine: 'autograd' });
  await session.createOptimizer(articleAdamW);
  return { session, view };
}
