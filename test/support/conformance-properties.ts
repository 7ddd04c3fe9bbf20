import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { OptimizerInput } from '../../lib/session/optimizer.js';
import {
  type Began,
  begin,
  type Cell,
  CLASSES,
  cellsOn,
  engines,
  epochOf,
  FEATURES,
  type Opened,
  objectiveAt,
  openCell,
  widthsOf,
} from './conformance.js';
import { outputs } from './float64-network.js';
import { articleAdamW, syntheticRows } from './synthetic.js';
import { dot, flat, noise, norm, partsOf, plus, split } from './vectors.js';

/** What holds in every cell. */
export interface Property {
  readonly name: string;
  check(cell: Cell): Promise<void>;
  /** Whether it is about multilayer perceptrons alone, which have formulas and another engine to be compared with. */
  readonly isOfPerceptrons?: boolean;
}

export const properties: readonly Property[] = [
  {
    name: 'the loss and the gradient of a step are those of the formulas',
    check: followsFormulas,
    isOfPerceptrons: true,
  },
  {
    name: 'as many rows are right as the formulas classify right',
    check: countsRight,
    isOfPerceptrons: true,
  },
  {
    name: 'the losses of 100 steps are the first engine’s',
    check: learnsLikeTheFirst,
    isOfPerceptrons: true,
  },
  // Networks of images this small take longer than an epoch or two to learn anything.
  { name: 'the loss falls', check: learns, isOfPerceptrons: true },
  { name: 'the same seed repeats bit for bit', check: repeats },
  { name: 'a snapshot goes on bit for bit', check: resumes },
  { name: 'a cancelled epoch leaves what its last step made', check: endsWithAStep },
  { name: 'an epoch ends with the first loss that is no number, or goes on', check: noticesNaN },
];

/** So small that the whole memory joins the one batch. */
const FEW = 13;
/** By its first step, which is -learningRate g / (|g| + 1), the gradient can be told. */
const telling = { learningRate: 100, beta1: 0.9, beta2: 0.999, epsilon: 1, weightDecay: 0 } as const;

/** What all engines start from alike. */
function keyOf({ network, objective, device }: Cell): string {
  return `${network.name}, ${objective.name}, ${device}`;
}

/** Bit for bit; for thousands of numbers faster than an assertion that would show each. */
function expectSame(actual: unknown, expected: unknown): void {
  expect(isDeepStrictEqual(actual, expected), 'the same, bit for bit').toBe(true);
}

async function followsFormulas(cell: Cell): Promise<void> {
  const data = syntheticRows(FEW, FEATURES, CLASSES);
  await using opened = await openCell(cell, { data, memory: FEW, optimizer: telling });
  const { session, view, began } = opened;
  const start = plus(began.anchor, noise(began.anchor.length, 7), 0.1);
  await session.setParameters(split(start, began.lengths));
  const here = flat(await session.parameters());
  const { losses } = await session.trainEpoch({
    views: [view],
    batchSize: FEW,
    rehearsal: cell.objective.rehearsal ?? 0,
  });
  const objective = (at: readonly number[]): number => objectiveAt(cell, opened, at);
  const key = keyOf(cell);
  const formulas = known.get(key) ?? {
    value: objective(here),
    slopes: slopesOf(objective, here, began),
  };
  known.set(key, formulas);
  expect(Math.abs((losses[0] ?? Number.NaN) / formulas.value - 1)).toBeLessThan(cell.engine.error);

  const step = plus(here, flat(await session.parameters()), -1).map((by) => by / telling.learningRate);
  const gradient = step.map((by) => by / (1 - Math.abs(by)));
  for (const [tensor, [first, end]] of partsOf(began.lengths).entries()) {
    const along = alongOf(began, tensor).slice(first, end);
    const part = gradient.slice(first, end);
    const error = Math.abs(dot(part, along) - (formulas.slopes[tensor] ?? Number.NaN));
    expect(error / (norm(part) * norm(along)), `tensor ${tensor}`).toBeLessThan(cell.engine.error);
  }
}

/** The objective's value and slopes. */
const known = new Map<string, { readonly value: number; readonly slopes: readonly number[] }>();

/** Along a random direction of each tensor, by central differences in float64. */
function slopesOf(
  objective: (at: readonly number[]) => number,
  here: readonly number[],
  began: Began,
): number[] {
  const h = 1e-6;
  return began.lengths.map((_, tensor) => {
    const along = alongOf(began, tensor);
    return (objective(plus(here, along, h)) - objective(plus(here, along, -h))) / (2 * h);
  });
}

/** A random direction of a tensor in all parameters, with zeros where these cannot move. */
function alongOf({ lengths, mask }: Began, tensor: number): number[] {
  const [first, end] = partsOf(lengths)[tensor] ?? [0, 0];
  const drawn = noise(end - first, tensor);
  return mask.map((moves, at) => (at < first || at >= end ? 0 : moves * (drawn[at - first] ?? Number.NaN)));
}

async function countsRight(cell: Cell): Promise<void> {
  await using opened = await openCell(cell, { data: syntheticRows(150, FEATURES, CLASSES) });
  const { session, view, data, began } = opened;
  const rows = data.labels.length;
  const widths = widthsOf(cell.network);
  let expected = 0;
  for (let at = 0; at < rows; ++at) {
    const pixels = Array.from({ length: FEATURES }, (_, k) => (data.images[at * FEATURES + k] ?? 0) / 255);
    const scores = outputs(widths, began.anchor, pixels);
    if (scores.indexOf(Math.max(...scores)) === data.labels[at]) ++expected;
  }
  for (const batchSize of [7, 5000]) {
    const { correct, total } = await session.evaluate({ views: [view], batchSize });
    expect([...total]).toEqual([rows]);
    // A coarser arithmetic may decide near ties otherwise.
    expect(Math.abs((correct[0] ?? Number.NaN) - expected)).toBeLessThanOrEqual(cell.engine.error * 1000);
  }
}

/** The first losses, of 100 steps. */
async function lossesOf(cell: Cell, optimizer: OptimizerInput = articleAdamW): Promise<number[]> {
  await using opened = await openCell(cell, { optimizer });
  const losses: number[] = [];
  while (losses.length < 100) losses.push(...(await epochOf(opened, cell)));
  return losses.slice(0, 100);
}

/** What the first engine learns on a device, of each network under each objective. */
const expectations = new Map<string, Promise<number[]>>();

async function learnsLikeTheFirst(cell: Cell): Promise<void> {
  const [engine = cell.engine] = engines;
  const key = keyOf(cell);
  const expectation = expectations.get(key) ?? lossesOf({ ...cell, engine });
  expectations.set(key, expectation);
  const expected = await expectation;
  const losses = cell.engine === engine ? expected : await lossesOf(cell);
  const differences = losses.map((loss, step) => Math.abs(loss / (expected[step] ?? Number.NaN) - 1));
  expect(Math.max(...differences)).toBeLessThan(cell.engine.drift);
}

async function learns(cell: Cell): Promise<void> {
  await using opened = await openCell(cell, { optimizer: { ...articleAdamW, learningRate: 3e-3 } });
  const { session, data } = opened;
  const rows = { images: data.images as Uint8Array, labels: data.labels as Uint8Array, features: FEATURES };
  const before = await session.score(rows);
  for (let epoch = 0; epoch < 4; ++epoch) await epochOf(opened, cell);
  const after = await session.score(rows);
  expect(after.loss).toBeLessThan(before.loss);
  expect(after.correct).toBeGreaterThan(before.correct);
}

async function repeats(cell: Cell): Promise<void> {
  const trained = async (seed: number): Promise<unknown[]> => {
    await using opened = await openCell(cell, { seed });
    return [await epochOf(opened, cell), flat(await opened.session.parameters())];
  };
  const first = await trained(3);
  expectSame(await trained(3), first);
  expect((await trained(4))[0]).not.toEqual(first[0]);
}

/** What a session does next, in numbers: every stream and every part of the state has a share in them. */
async function continuation(opened: Opened, cell: Cell): Promise<unknown[]> {
  const { session, view } = opened;
  const told: unknown[] = [await epochOf(opened, cell)];
  told.push([...(await session.evaluate({ views: [view], batchSize: 64 })).correct]);
  await begin(session, cell.objective);
  told.push(await epochOf(opened, cell), await session.parameters());
  await session.growHead(CLASSES + 1);
  told.push(await session.parameters());
  return told;
}

async function resumes(cell: Cell): Promise<void> {
  await using original = await openCell(cell);
  await epochOf(original, cell);
  const snapshot = structuredClone(await original.session.exportState());
  const expected = await continuation(original, cell);
  await using copy = await openCell(cell, { seed: 99 });
  await copy.session.importState(snapshot);
  expectSame(await copy.session.exportState(), snapshot);
  expectSame(await continuation(copy, cell), expected);
}

/** All rows are the same, so that a step's examples are known whatever their order. */
async function endsWithAStep(cell: Cell): Promise<void> {
  const small = { ...cell, network: { ...cell.network, batchSize: 4 } };
  const alike = (rows: number): ReturnType<typeof syntheticRows> => ({
    images: new Uint8Array(rows * FEATURES).fill(77),
    labels: new Uint8Array(rows).fill(3),
    features: FEATURES,
  });
  for (let [steps, wait] = [1000, 2]; ; ) {
    await using stopped = await openCell(small, { data: alike(4 * steps), memory: 4 });
    const epoch = { views: [stopped.view], batchSize: 4, rehearsal: cell.objective.rehearsal ?? 0 };
    const signal = AbortSignal.timeout(wait);
    const outcome = await stopped.session.trainEpoch(epoch, { signal }).catch((error: unknown) => error);
    const done = (await stopped.session.exportState()).optimizer?.steps ?? 0;
    // The epoch was over before the time was, or the time before the first step.
    if (!(outcome instanceof Error)) steps *= 4;
    if (done === 0) wait *= 2;
    if (!(outcome instanceof Error) || done === 0) continue;
    expect(outcome).toMatchObject({ code: 'ABORTED' });
    await using whole = await openCell(small, { data: alike(4 * done), memory: 4 });
    expect(await epochOf(whole, small)).toHaveLength(done);
    const [actual, expected] = [await stopped.session.parameters(), await whole.session.parameters()];
    // Targets are the outputs of all of a view's rows at once, and a GPU rounds products of another size otherwise.
    if (cell.device === 'cpu' || !cell.objective.batchLoss?.targets) return expectSame(actual, expected);
    for (const [i, { name, data }] of actual.entries()) {
      const other = expected[i]?.data ?? [];
      const apart = data.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (other[at] ?? Number.NaN))),
        0,
      );
      expect(apart, name).toBeLessThan(1e-5); // a step moves them by 1e-3
    }
    return;
  }
}

async function noticesNaN(cell: Cell): Promise<void> {
  const { rehearsal = 0 } = cell.objective;
  await using opened = await openCell(cell, {
    data: syntheticRows(200, FEATURES, CLASSES),
    optimizer: { ...articleAdamW, learningRate: 1e30 },
  });
  const { session, view } = opened;
  const start = (await session.parameters()).map(({ data }) => data);
  const epoch = { views: [view], batchSize: 2, rehearsal };
  const { losses, diverged } = await session.trainEpoch(epoch);
  expect(losses.length).toBeLessThan(10);
  expect(diverged).toBe(losses.length - 1);
  expect(Number.isFinite(losses.at(-1))).toBe(false);
  expect(losses.subarray(0, -1).every(Number.isFinite)).toBe(true);
  expect(await session.isFinite()).toBe(false);
  await session.setParameters(start);
  const whole = await session.trainEpoch({ ...epoch, onNan: 'continue' });
  expect(whole.losses).toHaveLength(100);
  expect(Number.isFinite(whole.losses[whole.diverged ?? 0])).toBe(false);
}

/** Every property in every cell of a device. */
export function describeConformance(device: string): void {
  const cells = cellsOn(device).map((cell) => ({
    cell,
    name: `${cell.engine.name}, ${cell.network.name}, ${cell.objective.name}`,
  }));
  describe.each(cells)('$name', ({ cell }) => {
    const its = properties.filter(({ isOfPerceptrons = false }) => !(cell.network.spec && isOfPerceptrons));
    test.each(its)('$name', ({ check }) => check(cell));
  });
}
