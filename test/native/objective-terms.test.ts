import { describe, expect, test } from 'vitest';
import type { BatchLossInput, MemoryDrawInput } from '../../lib/session/objective-calls.js';
import { Session } from '../../lib/session/session.js';
// What stock PyTorch does: see test/reference/make_objective.py.
import fixture from '../fixtures/objective.json' with { type: 'json' };
import { learnLikePython, type PythonObjectiveRun } from '../support/objective-runs.js';
import { articleAdamW, identity, prepare } from '../support/synthetic.js';
import { turnedGradient } from '../support/turned-gradient.js';
import { dot, flat, largestDifference, plus } from '../support/vectors.js';

const engines = ['autograd', 'fused'] as const;
type Engine = (typeof engines)[number];
const size = { rows: 96, features: 24, classes: 4, hidden: [12], seed: 5 };

/** A session with a memory of rows of the view, whose outputs are stored. */
async function open(
  arithmetic: Engine,
  { memory = 20, threads = 1 } = {},
): Promise<{ session: Session; view: number }> {
  const session = await Session.open({ device: 'cpu', threads });
  const view = await prepare(session, { ...size, arithmetic });
  await session.addMemory({ view, rows: identity(memory), targets: true });
  await session.takeTargets({ view });
  await session.trainEpoch({ views: [view], batchSize: 16 });
  return { session, view };
}

const squared = { kind: 'squared', weight: 0.5 } as const;
const soft = { kind: 'soft', weight: 0.5, temperature: 2, scaled: true } as const;
const binary = { kind: 'binary', weight: 0.5, temperature: 2, classes: { begin: 0, end: 2 } } as const;
const sigmoids = { binary: { begin: 1, end: 4 }, targets: [binary] };
const derpp: MemoryDrawInput[] = [
  { examples: 8, crossEntropy: 0, targets: [squared] },
  { examples: 8, crossEntropy: 0.5 },
];
const reference: MemoryDrawInput = { examples: 8, use: 'reference' };

/** What three epochs of it come to. */
async function learnt(
  engine: Engine,
  { batchLoss = {}, draws = [] }: { batchLoss?: BatchLossInput; draws?: readonly MemoryDrawInput[] } = {},
  threads = 1,
): Promise<unknown> {
  const { session, view } = await open(engine, { threads });
  using _ = session;
  await session.setBatchLoss(batchLoss);
  await session.setDraws(draws);
  const losses: number[] = [];
  for (let pass = 0; pass < 3; ++pass) {
    losses.push(...(await session.trainEpoch({ views: [view], batchSize: 16 })).losses);
  }
  return { losses, parameters: flat(await session.parameters()) };
}

describe.each(engines)('%s', (engine) => {
  // The fixture is of an instruction set; another one, or the fused engine, rounds otherwise.
  const near = { autograd: 1e-5, fused: 1e-4 }[engine];

  test.each(fixture.runs as PythonObjectiveRun[])(
    '$name: losses, parameters and path of PyTorch',
    async (run) => {
      const { losses, parameters, path } = await learnLikePython(run.name, engine);
      expect(losses).toHaveLength(run.losses.length);
      expect(largestDifference(losses, run.losses)).toBeLessThan(near);
      expect(largestDifference(parameters, run.parameters)).toBeLessThan(near);
      expect(largestDifference(path, run.path ?? [])).toBeLessThan(near);
    },
  );

  test('what has no weight changes no bit, and what has one does', async () => {
    const plain = await learnt(engine);
    const nothing = { ...squared, weight: 0 };
    const idle = [
      { examples: 8, crossEntropy: 0, targets: [nothing] },
      { examples: 8, crossEntropy: 0, use: 'reference' as const },
    ];
    expect(await learnt(engine, { batchLoss: { targets: [nothing] }, draws: idle })).toEqual(plain);
    for (const each of [
      { batchLoss: { targets: [squared] } },
      { batchLoss: { targets: [soft] } },
      { batchLoss: { targets: [binary] } },
      { batchLoss: { binary: { begin: 0, end: 4 } } },
      { batchLoss: { crossEntropy: 0.5 } },
      { draws: derpp },
      { draws: [{ examples: 8 }] },
    ]) {
      expect(await learnt(engine, each)).not.toEqual(plain);
    }
  });

  test('where the memory holds what is learnt, no gradient opposes its own; elsewhere one is turned', async () => {
    const { session, view } = await open(engine, { memory: size.rows });
    using _ = session;
    await session.createOptimizer({ ...articleAdamW, optimizer: 'sgd', learningRate: 0.1, weightDecay: 0 });
    const state = await session.exportState();
    const ends: number[][] = [];
    for (const draws of [[], [{ examples: size.rows, use: 'reference' as const }]]) {
      await session.importState(state);
      await session.setDraws(draws);
      await session.trainEpoch({ views: [view], batchSize: size.rows });
      ends.push(flat(await session.parameters()));
    }
    expect(ends[1]).toEqual(ends[0]);
  });

  test('a turned gradient is orthogonal to the reference', async () => {
    const { session, view } = await open(engine, { memory: 0 });
    using _ = session;
    await session.createOptimizer({ ...articleAdamW, optimizer: 'sgd', learningRate: 1, weightDecay: 0 });
    // The same images under other labels: what teaches the one, unteaches the other.
    const columns = identity(size.features);
    const labels = Int32Array.of(1, 2, 3, 0);
    const other = await session.addView({ dataset: 0, columns, labels, rows: identity(40) });
    await session.addMemory({ view: other, rows: identity(40) });
    await session.gradient({ view: other, rows: identity(40), target: 'reference' });
    await session.gradient({ view, rows: identity(size.rows), target: 'own' });
    const before = flat(await session.parameters());
    await session.setDraws([{ examples: 40, use: 'reference' }]);
    await session.trainEpoch({ views: [view], batchSize: size.rows });
    const step = plus(before, flat(await session.parameters()), -1);
    const [own, against] = [
      flat(await session.vectors.get('own')),
      flat(await session.vectors.get('reference')),
    ];
    expect(dot(own, against)).toBeLessThan(0);
    const expected = plus(own, against, -dot(own, against) / dot(against, against));
    expect(largestDifference(step, expected)).toBeLessThan(1e-6);
    expect(Math.abs(dot(step, against)) / dot(against, against)).toBeLessThan(1e-5);
  });

  test.each([0, 0.3])(
    'of the gradients of four tasks none is opposed, by the shortest way (margin %f)',
    async (margin) => {
      const { session, view } = await open(engine, { memory: 0 });
      using _ = session;
      await session.createOptimizer({ ...articleAdamW, optimizer: 'sgd', learningRate: 1, weightDecay: 0 });
      const references: number[][] = [];
      for (const labels of [
        [1, 2, 3, 0],
        [3, 2, 1, 0],
        [0, 1, 3, 2],
        [2, 3, 0, 1],
      ]) {
        const columns = identity(size.features);
        const rows = identity(40);
        const other = await session.addView({ dataset: 0, columns, labels: Int32Array.from(labels), rows });
        await session.addMemory({ view: other, rows });
        await session.gradient({ view: other, rows, target: 'reference' });
        references.push(flat(await session.vectors.get('reference')));
      }
      await session.gradient({ view, rows: identity(size.rows), target: 'own' });
      const own = flat(await session.vectors.get('own'));
      const before = flat(await session.parameters());
      await session.setDraws([{ examples: 1000, use: 'task-references', margin }]);
      await session.trainEpoch({ views: [view], batchSize: size.rows });
      const step = plus(before, flat(await session.parameters()), -1);
      const expected = turnedGradient(own, references, margin);
      expect(largestDifference(expected, own)).toBeGreaterThan(0.01);
      expect(largestDifference(step, expected)).toBeLessThan(1e-5);
    },
  );

  test('all of it goes on bit for bit from a snapshot', async () => {
    const [original, copy] = [await open(engine), await open(engine, { memory: 3 })];
    using session = original.session;
    using other = copy.session;
    await session.setBatchLoss({ crossEntropy: 0.5, targets: [soft] });
    await session.setDraws([...derpp, { examples: 4, ...sigmoids }, reference]);
    await session.trainEpoch({ views: [original.view], batchSize: 16 });
    await other.importState(structuredClone(await session.exportState()));
    expect(await other.exportState()).toEqual(await session.exportState());
    const ends = [original, copy].map(async ({ session, view }) => [
      (await session.trainEpoch({ views: [view], batchSize: 16 })).losses,
      await session.exportState(),
    ]);
    expect(await ends[1]).toEqual(await ends[0]);
  });

  test('the memory tells its bytes, and keeps what it is told to with its outputs', async () => {
    const { session, view } = await open(engine);
    using _ = session;
    expect(await session.memoryInfo()).toEqual({
      examples: 20,
      offered: 0,
      targetBytes: (20 + size.rows) * size.classes * 4,
    });
    const [before] = (await session.exportState()).memory;
    await session.addMemory({ view, rows: Int32Array.of(50, 51), targets: true });
    await session.keepMemory(Int32Array.of(21, 3, 7));
    await session.dropTargets(view);
    const { memory, targets } = await session.exportState();
    expect(targets).toEqual([]);
    expect(memory.map(({ rows }) => [...rows])).toEqual([[3, 7], [51]]);
    const logits = before?.targets?.logits ?? new Float32Array();
    expect(memory[0]?.targets?.logits).toEqual(
      Float32Array.of(...logits.subarray(12, 16), ...logits.subarray(28, 32)),
    );
    expect(await session.memoryInfo()).toEqual({
      examples: 3,
      offered: 0,
      targetBytes: 3 * size.classes * 4,
    });
    await session.setDraws(derpp);
    await session.trainEpoch({ views: [view], batchSize: 16 });
  });

  test('outputs stay with an example whose data set is dropped', async () => {
    const { session, view } = await open(engine);
    using _ = session;
    const before = (await session.exportState()).memory;
    await session.dropDataset(0);
    const after = await session.exportState();
    expect(after.memory.map(({ targets }) => targets)).toEqual(before.map(({ targets }) => targets));
    expect(after.targets).toEqual([]);
    await session.setDraws(derpp);
    await session.trainEpoch({ views: [view], batchSize: 8 });
  });
});

test('the fused engine has the same bits with any number of threads', async () => {
  const all = {
    batchLoss: { ...sigmoids, targets: [soft, squared, binary] },
    draws: [...derpp, reference],
  };
  const one = await learnt('fused', all);
  for (const threads of [2, 3]) expect(await learnt('fused', all, threads)).toEqual(one);
});

test('a draw is a fresh sample: each example comes up as often, none twice in a step', async () => {
  const { session, view } = await open('fused', { memory: 10 });
  using _ = session;
  // Of ten examples nine are drawn: the loss of one row of the batch tells nothing, but a full draw is of all.
  await session.setBatchLoss({ crossEntropy: 0 });
  await session.createOptimizer({ ...articleAdamW, optimizer: 'sgd', learningRate: 0, weightDecay: 0 });
  const losses = async (examples: number): Promise<number[]> => {
    await session.setDraws([{ examples }]);
    return [...(await session.trainEpoch({ views: [view], batchSize: 1 })).losses];
  };
  const [whole] = new Set(await losses(10));
  const singles = await losses(1);
  const values = [...new Set(singles)];
  expect(values).toHaveLength(10);
  expect(values.reduce((sum, value) => sum + value, 0) / 10).toBeCloseTo(whole ?? Number.NaN, 5);
  // Chi-squared with 9 degrees of freedom is below 33.7 in all but one of 10,000.
  const expected = singles.length / 10;
  const square = values.reduce((sum, value) => {
    const count = singles.filter((single) => single === value).length;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  expect(square).toBeLessThan(33.7);
  const nines = new Set(await losses(9));
  expect(nines.size).toBe(10); // each leaves another one out
});

test('what cannot be learnt by is refused before the epoch', async () => {
  const { session, view } = await open('fused');
  using _ = session;
  const epoch = { views: [view], batchSize: 16 };
  const refused = async (text: string): Promise<void> => {
    await expect(session.trainEpoch(epoch)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(text),
    });
  };
  await session.setBatchLoss({ targets: [{ ...soft, classes: { begin: 0, end: 9 } }] });
  await refused('outputs of 4 classes are stored');
  await session.setBatchLoss({
    targets: [{ ...soft, classes: { begin: 0, end: 2 }, known: { begin: 1, end: 3 } }],
  });
  await refused("must lie among its 'classes'");
  await expect(session.setBatchLoss({ binary: { begin: 2, end: 5 } })).rejects.toThrow(
    'up to 4, but the model has 4',
  );
  await session.setBatchLoss({ targets: [soft] });
  await session.dropTargets(view);
  await refused('call takeTargets');
  await session.setBatchLoss({});
  await session.setDraws(derpp);
  await session.addMemory({ view, rows: Int32Array.of(90) });
  await refused("call addMemory with 'targets'");
  await expect(session.setDraws([reference, reference])).rejects.toThrow('One draw at most');
  await expect(session.setDraws([{ examples: 0 }])).rejects.toThrow(
    "'draws[0].examples' must be an integer from 1",
  );
  await expect(session.keepMemory(Int32Array.of(0, 0))).rejects.toThrow('twice');
  await expect(session.keepMemory(Int32Array.of(21))).rejects.toThrow('from 0 to 20');
  await expect(session.memoryFeatures(Int32Array.of(0, 21))).rejects.toThrow('from 0 to 20');
});
