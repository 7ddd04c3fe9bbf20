import { expect, test } from 'vitest';
import type { GatesOptions } from '../../binding.js';
import { Session } from '../../lib/session/session.js';
import { type Examples, meanLoss } from '../support/float64-network.js';
import { articleAdamW, identity, prepare, syntheticRows } from '../support/synthetic.js';
import { flat, largestDifference, noise, partsOf, plus, split } from '../support/vectors.js';

// Gates of hidden units beside their formulas (binding.d.ts, GatesOptions).

const size = { rows: 24, features: 5, classes: 3, hidden: [6, 4], seed: 5 };
const widths = [5, 6, 4, 3];
const lengths = [30, 6, 24, 4, 12, 3];
const parts = partsOf(lengths);
const count = 79;
const arithmetic = 'autograd';
const sgd = { ...articleAdamW, optimizer: 'sgd', learningRate: 1, weightDecay: 0, momentum: 0 } as const;
/** An epoch of one step has the steepness 2. */
const gates: GatesOptions = { embedding: 'e', used: 'u', steepness: 0.5, capacity: 0.3, rate: 1 };

/** Places of the hidden units' numbers in a vector. */
const units = [1, 3].flatMap((tensor) => places(tensor));
function places(tensor: number): number[] {
  const [begin, end] = parts[tensor] as readonly [number, number];
  return Array.from({ length: end - begin }, (_, at) => begin + at);
}

const drawn = noise(count, 3);
const embedding = drawn.map((value, at) => (units.includes(at) ? value : 0));
/** Some units are free, some are held in full, some in part; so are outputs. */
const used = noise(count, 4).map((value, at) =>
  [...units, ...places(5)].includes(at) ? ([0, 1, Math.abs(Math.fround(value))][at % 3] ?? 0) : 0,
);

async function open(): Promise<{ session: Session; view: number }> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  const view = await prepare(session, { ...size, arithmetic });
  await session.setParameters(split(noise(count, 6), lengths));
  await session.vectors.set('e', split(embedding, lengths));
  await session.vectors.set('u', split(used, lengths));
  return { session, view };
}

/** What each weight is multiplied by: the gate of the unit that it comes from. */
function spread(numbers: readonly number[], steepness: number): number[] {
  const factors = new Array<number>(count).fill(1);
  for (const tensor of [2, 4]) {
    const begins = places(tensor - 1);
    for (const [at, place] of places(tensor).entries()) {
      factors[place] = 1 / (1 + Math.exp(-steepness * (numbers[begins[at % begins.length] ?? -1] ?? 0)));
    }
  }
  return factors;
}

/** The loss of a step by its formula, in float64. */
function lossAt(
  weights: readonly number[],
  numbers: readonly number[],
  steepness: number,
  data: Examples = syntheticRows(size.rows, size.features, size.classes),
): number {
  const factors = spread(numbers, steepness);
  const seen = weights.map((weight, at) => weight * (factors[at] ?? Number.NaN));
  const free = units.map((at) => 1 - (used[at] ?? 0));
  const open = units.map((at) => 1 / (1 + Math.exp(-steepness * (numbers[at] ?? 0))));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const taken = sum(free.map((share, i) => share * (open[i] ?? Number.NaN))) / sum(free);
  return meanLoss(widths, seen, data) + gates.capacity * taken;
}

function slopes(of: (values: readonly number[]) => number, at: readonly number[]): number[] {
  const h = 1e-6;
  return at.map((_, k) => {
    const along = at.map((__, i) => (i === k ? 1 : 0));
    return (of(plus(at, along, h)) - of(plus(at, along, -h))) / (2 * h);
  });
}

test('a step goes against the gradients of the weights and of the gates, held and compensated', async () => {
  const { session, view } = await open();
  using _session = session;
  await session.createOptimizer(sgd);
  const weights = flat(await session.parameters());
  await session.setGates(gates);
  const { losses } = await session.trainEpoch({ views: [view], batchSize: size.rows });
  expect(Math.abs((losses[0] ?? Number.NaN) - lossAt(weights, embedding, 2))).toBeLessThan(1e-6);

  const ofWeights = slopes((values) => lossAt(values, embedding, 2), weights);
  const share = new Array<number>(count).fill(Number.NaN);
  for (const tensor of lengths.keys()) {
    const ends = places(tensor + (tensor % 2 === 0 ? 1 : 0));
    const begins = tensor % 2 === 0 && tensor > 0 ? places(tensor - 1) : undefined;
    const width = (lengths[tensor] ?? 0) / ends.length;
    for (const [at, place] of places(tensor).entries()) {
      const end = used[ends[Math.floor(at / width)] ?? -1] ?? Number.NaN;
      const begin = begins ? (used[begins[at % width] ?? -1] ?? Number.NaN) : 1;
      share[place] = 1 - Math.min(end, begin);
    }
  }
  const after = flat(await session.parameters());
  const expected = weights.map((weight, at) => weight - (share[at] ?? 0) * (ofWeights[at] ?? 0));
  expect(largestDifference(after, expected)).toBeLessThan(2e-6);
  expect(share.filter((value) => value > 0 && value < 1).length).toBeGreaterThan(5);
  for (const [at, value] of share.entries()) if (value === 0) expect(after[at]).toBe(weights[at]);

  const ofNumbers = slopes((values) => lossAt(weights, values, 2), embedding);
  const moved = embedding.map((e, at) => {
    const steeper = (gates.steepness / 2) * ((Math.cosh(2 * e) + 1) / (Math.cosh(e) + 1));
    return e - steeper * (ofNumbers[at] ?? 0);
  });
  expect(largestDifference(flat(await session.vectors.get('e')), moved)).toBeLessThan(2e-6);
});

test.each([
  [1, [0.1]],
  [2, [0.1, 10]],
  [3, [0.1, 5.05, 10]],
])('in an epoch of %d steps the steepness goes through %j', async (steps, expected) => {
  const { session } = await open();
  using _session = session;
  // All rows are the same and nothing moves: only the gates change from step to step.
  const alike = {
    images: new Uint8Array(size.features * steps).fill(77),
    labels: new Uint8Array(steps).fill(1),
  };
  const dataset = await session.loadDataset({ ...alike, features: size.features });
  const view = await session.addView({ dataset, columns: identity(size.features) });
  await session.createOptimizer({ ...sgd, learningRate: 0 });
  await session.setGates({ ...gates, steepness: 10, rate: 0 });
  const { losses } = await session.trainEpoch({ views: [view], batchSize: 1 });
  const weights = flat(await session.parameters());
  const wanted = expected.map((steepness) => lossAt(weights, embedding, steepness, alike));
  expect(largestDifference([...losses], wanted)).toBeLessThan(1e-6);
});

test('the rate of the gates follows the schedule', async () => {
  const moved = async (epoch: number): Promise<number[]> => {
    const { session, view } = await open();
    using _session = session;
    const schedule = { schedule: 'steps', milestones: [1], gamma: 0.25 } as const;
    await session.createOptimizer({ ...sgd, ...schedule });
    await session.setGates(gates);
    await session.trainEpoch({ views: [view], batchSize: size.rows, epoch, epochs: 2 });
    return plus(flat(await session.vectors.get('e')), embedding.map(Math.fround), -1);
  };
  const [whole, quarter] = [await moved(0), await moved(1)];
  expect(
    largestDifference(
      whole.map((by) => by / 4),
      quarter,
    ),
  ).toBeLessThan(1e-6);
  expect(Math.max(...whole.map(Math.abs))).toBeGreaterThan(1e-3);
});

const optimizers = {
  adamw: { ...articleAdamW, learningRate: 0.01, weightDecay: 0.1 },
  adam: { ...articleAdamW, optimizer: 'adam', learningRate: 0.01, weightDecay: 0.1 },
  momentum: { ...sgd, learningRate: 0.1, weightDecay: 0.1, momentum: 0.9 },
} as const;

test.each(Object.entries(optimizers))(
  'what is held in full stays bit for bit, whatever momentum and decay would do (%s)',
  async (_, optimizer) => {
    const { session, view } = await open();
    using _session = session;
    await session.createOptimizer(optimizer);
    await session.trainEpoch({ views: [view], batchSize: 5 }); // the moments move on
    const before = flat(await session.parameters());
    await session.vectors.fill('u', 1);
    await session.setGates(gates);
    await session.trainEpoch({ views: [view], batchSize: 5 });
    expect(flat(await session.parameters())).toEqual(before);
    expect(flat(await session.vectors.get('e'))).not.toEqual(embedding.map(Math.fround));
    await session.vectors.fill('u', 0);
    await session.trainEpoch({ views: [view], batchSize: 5 });
    const after = flat(await session.parameters());
    expect(after.filter((value, at) => value !== before[at]).length).toBeGreaterThan(0.9 * count);
  },
);

test('numbers of the gates stay within six', async () => {
  const { session, view } = await open();
  using _session = session;
  await session.createOptimizer({ ...sgd, learningRate: 0 });
  await session.setGates({ ...gates, rate: 1e6 });
  await session.trainEpoch({ views: [view], batchSize: size.rows });
  const numbers = flat(await session.vectors.get('e'));
  expect(Math.max(...numbers)).toBe(6);
  expect(Math.min(...numbers)).toBe(-6);
  expect(units.every((at) => Math.abs(numbers[at] ?? 0) === 6)).toBe(true);
});

test('of convolutions a channel is a unit, whose gate all weights from its pixels have', async () => {
  using session = await Session.open({ device: 'cpu', threads: 1 });
  const network = {
    kind: 'cnn',
    input: [1, 4, 4],
    classes: 2,
    channels: [2, 3],
    kernel: 3,
    hidden: [4],
  } as const;
  await session.createModel({ network, seed: 1, engine: arithmetic });
  const shapes = (await session.parameters()).map(({ shape }) => shape);
  const numbers = (await session.parameters()).map(({ data, name }) =>
    name.endsWith('.bias') ? data.map((_, at) => at + 1) : data.map(() => 0),
  );
  await session.vectors.set('e', numbers);
  await session.vectors.spreadGates('e', 'factors', 0.5);
  const gateOf = (unit: number) => Math.fround(1 / (1 + Math.exp(-0.5 * (unit + 1))));
  for (const [tensor, { data }] of (await session.vectors.get('factors')).entries()) {
    const shape = shapes[tensor] ?? [];
    if (tensor === 0 || shape.length === 1) {
      expect(new Set(data)).toEqual(new Set([1]));
      continue;
    }
    const begins = shapes[tensor - 1]?.[0] ?? 0;
    const perUnit = data.length / ((shape[0] ?? 0) * begins);
    for (const [at, factor] of data.entries()) {
      expect(Math.abs(factor - gateOf(Math.floor(at / perUnit) % begins))).toBeLessThan(1e-7);
    }
  }
});

test('what cannot be is refused before any work, and says what can', async () => {
  const { session } = await open();
  using _session = session;
  const rejected = (call: Promise<unknown>, text: string) =>
    expect(call).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(text) });
  await rejected(session.setGates({ ...gates, embedding: 'none' }), "The gates have the vector 'none'");
  await rejected(session.setGates({ ...gates, steepness: 0 }), "'gates.steepness' must be above 0");
  await session.setMask('u');
  await rejected(session.setGates(gates), 'beside the cross-entropy of the batches alone');
  await session.setMask(null);
  await session.setGates(gates);
  await rejected(session.setFrozen(['layers.0.weight']), 'beside the cross-entropy of the batches alone');
  await rejected(session.setPenalties([{ strength: 1, anchor: 'e' }]), 'beside the cross-entropy');
  await rejected(session.vectors.drop('e'), "The objective uses the vector 'e'");
  await session.vectors.fill('u', 2);
  await rejected(session.trainEpoch({ views: [0], batchSize: 8 }), 'must be from 0 to 1 everywhere');

  const resnet = {
    kind: 'resnet18',
    input: [1, 4, 4],
    classes: 2,
    width: 2,
    stem: 32,
    norm: 'batch',
  } as const;
  const flatNetwork = { kind: 'mlp', input: [4], classes: 2, hidden: [] } as const;
  const unbiased = { kind: 'mlp', input: [4], classes: 2, hidden: [3, 3, 3], bias: 'off' } as const;
  for (const network of [resnet, flatNetwork, unbiased]) {
    await session.createModel({ network, seed: 1, engine: arithmetic });
    await session.vectors.fill('e', 0);
    await rejected(session.setGates({ ...gates, used: 'e' }), 'this network has another shape');
    await rejected(session.vectors.spreadGates('e', 'f', 1), 'this network has another shape');
  }
  await session.createModel({ network: flatNetwork, seed: 1, engine: 'fused' });
});
