import type { DirectionOptions, ModelOptions, NetworkSpec } from '../../binding.js';
import type { BatchLossInput, MemoryDrawInput } from '../../lib/session/objective-calls.js';
import type { OptimizerInput } from '../../lib/session/optimizer.js';
import type { PenaltyInput } from '../../lib/session/penalty.js';
import { Session } from '../../lib/session/session.js';
import { randomDirection } from './direction.js';
import { type Examples, meanLoss, targetLoss } from './float64-network.js';
import { mlpOf } from './network.js';
import { articleAdamW, type ByteRows, identity, syntheticRows } from './synthetic.js';
import { flat, noise, partsOf, plus, split, tangent } from './vectors.js';

// What an engine must do, whatever it trains: each property of test/support/conformance-properties.ts is held by every
// engine on every device with every network and every part of the objective. A new one is a line in a table here.

/** A way of arithmetic, and how near it comes to the formulas. */
export interface EngineRow {
  readonly name: string;
  readonly arithmetic: Pick<ModelOptions, 'engine' | 'precision'>;
  /** Relative error of a loss, and of a gradient in the Euclidean norm of each tensor. */
  readonly error: number;
  /** Relative difference from {@link engines}' first in the losses of 100 steps. */
  readonly drift: number;
}

export interface NetworkRow {
  readonly name: string;
  readonly hidden: readonly number[];
  /** What it is trained by: the last batch of an epoch is shorter. */
  readonly batchSize: number;
  readonly rows: number;
  /** Of one that is no multilayer perceptron: autograd alone trains it, and there are no formulas to compare with. */
  readonly spec?: NetworkSpec;
}

/** What a training minimises beside the mean cross-entropy of its own examples. */
export interface ObjectiveRow {
  readonly name: string;
  /** Examples of the memory that join every batch; default none. */
  readonly rehearsal?: number;
  /** Around the parameters at the beginning; default none. */
  readonly penalties?: readonly PenaltyInput[];
  /** What the batches are learnt by; default their cross-entropy. Targets are the outputs at the beginning. */
  readonly batchLoss?: BatchLossInput;
  /** Default none. */
  readonly draws?: readonly MemoryDrawInput[];
  /** Whether a fifth of the parameters are kept where they are, and each step adds to a path; default no. */
  readonly watched?: boolean;
  /** Whether the fused engine has it on a CPU alone; default no. */
  readonly onCpuAlone?: boolean;
}

/** A session's vectors when its training began. */
export interface Began {
  readonly anchor: readonly number[];
  /** Empty where no penalty has one. */
  readonly direction: readonly number[];
  readonly importance: readonly number[];
  /** 1 everywhere where there is none. */
  readonly mask: readonly number[];
  /** Lengths of the parameter tensors. */
  readonly lengths: readonly number[];
}

export interface Cell {
  readonly engine: EngineRow;
  readonly device: string;
  readonly network: NetworkRow;
  readonly objective: ObjectiveRow;
}

/** The others are compared with the first. */
export const engines: readonly EngineRow[] = [
  { name: 'autograd', arithmetic: { engine: 'autograd', precision: 'fp32' }, error: 2e-6, drift: 1e-4 },
  { name: 'fused', arithmetic: { engine: 'fused', precision: 'fp32' }, error: 2e-6, drift: 1e-4 },
];

export const networks: readonly NetworkRow[] = [
  { name: 'no hidden layer', hidden: [], batchSize: 64, rows: 1000 },
  { name: 'one hidden layer', hidden: [40], batchSize: 64, rows: 1000 },
  { name: 'a last batch of one example', hidden: [20, 20], batchSize: 33, rows: 661 },
  { name: 'five layers of odd widths', hidden: [51, 17, 29, 40], batchSize: 31, rows: 700 },
  { name: 'one example at a time', hidden: [20], batchSize: 1, rows: 100 },
  {
    name: 'convolutions',
    hidden: [],
    batchSize: 30,
    rows: 250,
    spec: { kind: 'cnn', input: [1, 7, 7], classes: 10, channels: [3], kernel: 3, hidden: [8] },
  },
  {
    name: 'a ResNet18',
    hidden: [],
    batchSize: 40,
    rows: 250,
    spec: { kind: 'resnet18', input: [1, 7, 7], classes: 10, width: 2, stem: 32, norm: 'batch' },
  },
];

const RADIUS = 20;
const offDirection = { strength: 0.05, direction: 'direction', radius: RADIUS } as const;
const weighted = { strength: 0.1, importance: 'importance' } as const;

const soft = {
  kind: 'soft',
  weight: 0.05,
  temperature: 2,
  scaled: true,
  classes: { begin: 1, end: 9 },
  known: { begin: 1, end: 5 },
} as const;

export const objectives: readonly ObjectiveRow[] = [
  { name: 'cross-entropy alone' },
  { name: 'a penalty off one direction', penalties: [offDirection] },
  { name: 'off a direction a tensor', penalties: [{ ...offDirection, perTensor: true }] },
  {
    name: 'the reference penalty',
    penalties: [{ ...offDirection, perTensor: true, gradient: 'reference' }],
  },
  { name: 'a penalty by importance', penalties: [weighted] },
  {
    name: 'two penalties',
    penalties: [{ strength: 0.01 }, { ...offDirection, ...weighted }],
  },
  { name: 'a mask and a path', watched: true, penalties: [offDirection, weighted] },
  {
    name: 'soft targets and rehearsal',
    rehearsal: 13,
    batchLoss: { crossEntropy: 2, targets: [soft] },
  },
  {
    name: 'two draws from the memory',
    draws: [
      { examples: 13, crossEntropy: 0, targets: [{ kind: 'squared', weight: 0.5 }] },
      { examples: 13, crossEntropy: 0.5 },
    ],
    penalties: [weighted],
    onCpuAlone: true,
  },
  { name: 'rehearsal', rehearsal: 13 },
  { name: 'rehearsal and a penalty', rehearsal: 13, penalties: [offDirection] },
];

/** A ResNet18 takes its time: of the objectives it has one of each kind. */
const OF_RESNET = ['cross-entropy alone', 'a mask and a path', 'two draws from the memory'];

export const FEATURES = 49;
export const CLASSES = 10;

/** Every engine with every network and every part of the objective, on this device. */
export function cellsOn(device: string): Cell[] {
  const isCpu = device === 'cpu';
  return engines.flatMap((engine) =>
    networks.flatMap((network) =>
      objectives
        .filter(() => !network.spec || engine.arithmetic.engine === 'autograd')
        .filter(({ name }) => network.spec?.kind !== 'resnet18' || OF_RESNET.includes(name))
        .filter(({ onCpuAlone }) => isCpu || !onCpuAlone || engine.arithmetic.engine === 'autograd')
        .map((objective) => ({ engine, device, network, objective })),
    ),
  );
}

export interface Opened extends AsyncDisposable {
  readonly session: Session;
  /** The view that is trained on, */
  readonly view: number;
  /** its rows by number, as the float64 network takes them, */
  readonly data: Examples;
  /** and those of the memory. */
  readonly remembered: Examples;
  readonly began: Began;
}

/** A session that is about to train a cell's network under its objective. */
export async function openCell(
  { engine, device, network, objective }: Cell,
  {
    data = syntheticRows(network.rows, FEATURES, CLASSES),
    memory = 50,
    seed = 7,
    optimizer = articleAdamW,
  }: { data?: ByteRows; memory?: number; seed?: number; optimizer?: OptimizerInput } = {},
): Promise<Opened> {
  const session = await Session.open({ device, threads: 1 });
  const dataset = await session.loadDataset(data);
  const first = await session.addView({ dataset, columns: identity(FEATURES) });
  const view = await session.addView({ dataset, columns: identity(FEATURES).reverse() });
  const spec = network.spec ?? mlpOf(widthsOf(network));
  await session.createModel({ network: spec, seed, ...engine.arithmetic });
  const rows = identity(Math.min(memory, data.labels.length));
  const { draws = [], batchLoss } = objective;
  const hasMemory = (objective.rehearsal ?? 0) > 0 || draws.length > 0;
  if (hasMemory) await session.addMemory({ view: first, rows, targets: draws.length > 0 });
  if (batchLoss) await session.takeTargets({ view });
  const began = await begin(session, objective);
  await session.createOptimizer(optimizer);
  return {
    session,
    view,
    data: { images: mirrored(data.images), labels: data.labels },
    remembered: hasMemory ? firstRows(data, rows.length) : { images: [], labels: [] },
    began,
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** Makes it the session's objective, its penalties around the parameters now. */
export async function begin(session: Session, objective: ObjectiveRow): Promise<Began> {
  const { penalties = [], watched, batchLoss = {}, draws = [] } = objective;
  const { vectors } = session;
  await vectors.copy('parameters', 'anchor');
  const parameters = await session.parameters();
  const lengths = parameters.map(({ data }) => data.length);
  const anchor = flat(parameters);
  const importance = noise(anchor.length, 5).map((value) => Math.fround(value * value));
  await vectors.set('importance', split(importance, lengths));
  const [followed] = penalties.filter(({ direction }) => direction);
  if (followed) await session.findDirection({ ...random, perTensor: followed.perTensor ?? false });
  await session.setPenalties(penalties);
  await session.setBatchLoss(batchLoss);
  await session.setDraws(draws);
  const mask = noise(anchor.length, 6).map((value) => (watched && value < -0.6 ? 0 : 1));
  if (watched) {
    await vectors.set('mask', split(mask, lengths));
    await session.setMask('mask');
    await session.setPath({ vector: 'path' });
  }
  const direction = followed ? flat(await vectors.get('direction')) : [];
  return { anchor, direction, importance, mask, lengths };
}

/** One epoch of a cell: the loss of each step. */
export async function epochOf({ session, view }: Opened, { network, objective }: Cell): Promise<number[]> {
  const { rehearsal = 0 } = objective;
  const { losses } = await session.trainEpoch({ views: [view], batchSize: network.batchSize, rehearsal });
  return Array.from(losses);
}

/** The objective in float64, by the formulas, on these examples. */
export function objectiveAt(
  { network, objective }: Cell,
  { began, data, remembered }: Opened,
  here: readonly number[],
): number {
  const { penalties = [], rehearsal = 0, batchLoss = {}, draws = [] } = objective;
  const joined = rehearsal > 0 ? remembered : { images: [], labels: [] };
  const all = {
    images: [...Array.from(data.images), ...Array.from(joined.images)],
    labels: [...Array.from(data.labels), ...Array.from(joined.labels)],
  };
  const lossOf = (loss: BatchLossInput, examples: Examples, own: Examples): number =>
    (loss.targets ?? []).reduce(
      (sum, target) => sum + target.weight * targetLoss(target, widthsOf(network), here, began.anchor, own),
      loss.crossEntropy === 0 ? 0 : (loss.crossEntropy ?? 1) * meanLoss(widthsOf(network), here, examples),
    );
  return (
    lossOf(batchLoss, all, data) +
    draws.reduce((sum, draw) => sum + lossOf(draw, remembered, remembered), 0) +
    penalties.reduce((sum, penalty) => sum + penaltyAt(penalty, began, here), 0)
  );
}

export function widthsOf({ hidden }: NetworkRow): number[] {
  return [FEATURES, ...hidden, CLASSES];
}

const random: Omit<DirectionOptions, 'perTensor'> = { ...randomDirection, radius: RADIUS };

/** strength Σ importance δ², δ being what the offset has off the direction (binding.d.ts). */
function penaltyAt(penalty: PenaltyInput, began: Began, here: readonly number[]): number {
  const { anchor, direction, importance, lengths } = began;
  const offset = plus(here, anchor, -1);
  const parts = penalty.perTensor ? partsOf(lengths) : partsOf([anchor.length]);
  const delta = penalty.direction ? tangent(direction, offset, parts) : offset;
  const weights = penalty.importance ? importance : delta.map(() => 1);
  return (
    penalty.strength * delta.reduce((sum, value, i) => sum + (weights[i] ?? Number.NaN) * value * value, 0)
  );
}

/** Each row read from its end. */
function mirrored(images: Uint8Array): Uint8Array {
  return images.map((_, at) => images[at - (at % FEATURES) + FEATURES - 1 - (at % FEATURES)] ?? 0);
}

function firstRows({ images, labels }: ByteRows, rows: number): Examples {
  return { images: images.subarray(0, rows * FEATURES), labels: labels.subarray(0, rows) };
}
