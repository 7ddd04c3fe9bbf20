import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { EquilibriumOptions } from '../../binding.js';
import { runExperiment } from '../../lib/index.js';
import type { Session } from '../../lib/session/session.js';
import {
  openWithNetwork,
  type PythonNetworks,
  smallResnet,
  sumsOf,
  trainLikePython,
} from '../support/networks.js';

// What BatchNorm's statistics are while LFD searches, and at the equilibrium point (--bn).

const ROWS = 10;
const all = Int32Array.from({ length: ROWS }, (_, row) => row);
const numbersOf = (tensors: readonly { readonly data: Float32Array }[]): number[] =>
  tensors.flatMap(({ data }) => [...data]);

/** A session that stands at new parameters, with the old ones as its anchor and their running statistics kept. */
async function moved(): Promise<{ session: Session; view: number; old: number[] }> {
  const { session, view } = await openWithNetwork(smallResnet, ROWS);
  await session.addMemory({ view, rows: all });
  await session.trainEpoch({ views: [view], batchSize: 5 });
  await session.vectors.copy('parameters', 'anchor');
  await session.keepBuffers();
  const old = numbersOf(await session.buffers());
  for (let epoch = 0; epoch < 3; ++epoch) await session.trainEpoch({ views: [view], batchSize: 5 });
  return { session, view, old };
}

const descent = { learningRate: 0.1, clip: 5, decays: false, batchSize: 5 } as const;

test.each<[EquilibriumOptions['statistics'], number, number]>([
  ['interpolated', 0.25, 0.25],
  ['interpolated', 1.5, 1],
  ['interpolated', -1, 0],
  ['running', 0.25, 1],
  ['batch', 0.25, 1],
])(
  '%s statistics at lambda %d are those at %d between the old and the new',
  async (statistics, start, place) => {
    const { session, old } = await moved();
    using _ = session;
    const latest = numbersOf(await session.buffers());
    expect(latest).not.toEqual(old);
    await session.findEquilibriumPoint({ ...descent, start, iterations: 0, statistics });
    for (const [i, found] of numbersOf(await session.buffers()).entries()) {
      const [before = 0, after = 0] = [old[i], latest[i]];
      expect(found).toBeCloseTo(before + place * (after - before), 5);
    }
  },
);

test('the loss by the statistics of a batch is the training’s on that batch, and keeps the running ones', async () => {
  const { session, view } = await moved();
  using _ = session;
  const buffers = await session.buffers();
  const search = { ...descent, start: 1, iterations: 2, batchSize: ROWS, learningRate: 0 };
  const ofBatch = await session.findEquilibriumPoint({ ...search, statistics: 'batch' });
  const ofRunning = await session.findEquilibriumPoint({ ...search, statistics: 'running' });
  expect(await session.buffers()).toEqual(buffers);
  const { losses } = await session.trainEpoch({ views: [view], batchSize: ROWS });
  expect(ofBatch.lossNew).toBeCloseTo(losses[0] ?? Number.NaN, 5);
  expect(Math.abs(ofRunning.lossNew - ofBatch.lossNew)).toBeGreaterThan(1e-3);
});

test('old statistics that were not kept are missed; kept ones are in a snapshot and end with the model', async () => {
  const { session, old } = await moved();
  using _ = session;
  const snapshot = await session.exportState();
  expect(numbersOf(snapshot.keptBuffers ?? [])).toEqual(old);
  await session.growHead(4);
  expect(numbersOf((await session.exportState()).keptBuffers ?? [])).toEqual(old);
  await session.importState(snapshot);
  const ask = { ...descent, start: 0.5, iterations: 0, statistics: 'interpolated' } as const;
  await session.findEquilibriumPoint(ask);
  await session.importState({ ...snapshot, keptBuffers: null });
  await expect(session.findEquilibriumPoint(ask)).rejects.toThrow('call keepBuffers at the old parameters');
  await expect(session.importState({ ...snapshot, keptBuffers: [] })).rejects.toThrow('the kept buffers');
  await session.createModel({ network: smallResnet, seed: 3, engine: 'autograd' });
  expect((await session.exportState()).keptBuffers).toBe(null);
  await expect(session.estimateStatistics({ views: [], batchSize: 4 })).rejects.toThrow(
    'There are no examples',
  );
});

const expected = JSON.parse(
  readFileSync(new URL('../fixtures/networks.json', import.meta.url), 'utf8'),
) as PythonNetworks;

test.each(
  expected.cases
    .filter(({ norm, estimated }) => norm === 'batch' && estimated)
    .map((of) => [of.stem, of] as const),
)(
  'statistics that are estimated anew are those of PyTorch’s update_bn, of a stem for %i',
  async (_stem, of) => {
    const { estimated } = await trainLikePython(expected, of);
    for (const [i, tensor] of (estimated ?? []).entries()) {
      for (const [at, sum] of sumsOf(tensor).entries()) {
        const wanted = of.estimated?.[i]?.[at] ?? Number.NaN;
        expect(Math.abs(sum - wanted)).toBeLessThan(3e-2 * (1 + Math.abs(wanted)));
      }
    }
  },
);

const small = {
  strategy: 'lfd',
  benchmark: 'split-digits',
  tasks: 2,
  epochs: 1,
  examplesPerClass: 10,
  batchSize: 10,
  memorySize: 9,
  directionIterations: 2,
  directionBatchSize: 6,
  lambdaIterations: 4,
  device: 'cpu',
  threads: 1,
} as const;
const choices = ['re-estimate', 'interpolate', 'new'] as const;

test.each(['fused', 'autograd'] as const)(
  'all choices are one for an MLP, by the %s engine',
  async (engine) => {
    const digests = [];
    for (const bn of choices) {
      digests.push((await runExperiment({ ...small, hidden: [6], engine, bn })).parametersDigest);
    }
    expect(new Set(digests).size).toBe(1);
  },
);

test('they differ for a ResNet, and the default is re-estimate', async () => {
  const resnet = { ...small, network: 'resnet18', width: 2 } as const;
  const digests = [];
  for (const bn of choices) digests.push((await runExperiment({ ...resnet, bn })).parametersDigest);
  expect(new Set(digests).size).toBe(3);
  expect((await runExperiment(resnet)).parametersDigest).toBe(digests[0]);
});
