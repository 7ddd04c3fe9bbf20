import { describe, expect, test } from 'vitest';
import { ContinualLearner, runExperiment } from '../../lib/index.js';
import { Session } from '../../lib/session/session.js';
import { icarl } from '../../lib/strategies/icarl.js';
import { meansOf } from '../../lib/strategies/rehearsal/nearest-mean.js';
import type { StrategyDefinition } from '../../lib/training/definition.js';
import { outputs } from '../support/float64-network.js';
import { small, task, weights } from '../support/learner.js';
import { articleAdamW, identity, prepare, syntheticRows } from '../support/synthetic.js';
import { flat } from '../support/vectors.js';

const size = { rows: 96, features: 24, classes: 4, hidden: [12], seed: 5 };

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

describe.each(['autograd', 'fused'] as const)('%s', (engine) => {
  test('an epoch over task and memory together learns by sigmoids as their formula says', async () => {
    await using session = await Session.open({ device: 'cpu', threads: 1 });
    const view = await prepare(session, { ...size, arithmetic: engine });
    const rows = identity(size.rows).slice(40);
    const later = await session.addView({ dataset: 0, columns: identity(size.features), rows });
    const vector = async (): Promise<number[]> => flat(await session.parameters());
    await session.trainEpoch({ views: [view], batchSize: 16 });
    await session.addMemory({ view, rows: identity(10) });
    await session.takeTargets({ view: later });
    await session.takeMemoryTargets();
    const teacher = await vector();
    await session.trainEpoch({ views: [view], batchSize: 16 });
    const before = await vector();
    await session.createOptimizer({ ...articleAdamW, optimizer: 'sgd', learningRate: 1, weightDecay: 0 });
    const kind = 'binary' as const;
    await session.setBatchLoss({
      crossEntropy: 0.7,
      binary: { begin: 2, end: 4 },
      targets: [
        { kind, weight: 0.5, temperature: 2, reduction: 'sum', classes: { begin: 0, end: 2 } },
        { kind, weight: 0.3, classes: { begin: 1, end: 3 } },
      ],
    });
    const { losses } = await session.trainEpoch({ views: [later], joinsMemory: true, batchSize: 1000 });

    const layers = [size.features, ...size.hidden, size.classes];
    const { images, labels } = syntheticRows(size.rows, size.features, size.classes);
    const learnt = [...rows, ...identity(10)];
    let loss = 0;
    const slopes = [0, 0, 0, 0];
    for (const row of learnt) {
      const pixels = Array.from(
        { length: size.features },
        (_, k) => (images[row * size.features + k] ?? 0) / 255,
      );
      const old = outputs(layers, teacher, pixels);
      for (const [k, z] of outputs(layers, before, pixels).entries()) {
        const add = (weight: number, q: number): void => {
          loss -= (weight / learnt.length) * (q * Math.log(sigmoid(z)) + (1 - q) * Math.log(1 - sigmoid(z)));
          slopes[k] = (slopes[k] ?? 0) + (weight / learnt.length) * (sigmoid(z) - q);
        };
        if (k >= 2) add(0.7, k === labels[row] ? 1 : 0);
        if (k < 2) add(0.5, sigmoid((old[k] ?? 0) / 2));
        if (k === 1 || k === 2) add(0.3 / 2, sigmoid(old[k] ?? 0));
      }
    }
    expect(losses).toHaveLength(1);
    expect(losses[0]).toBeCloseTo(loss, 5);
    const after = await vector();
    for (const [k, slope] of slopes.entries()) {
      expect((before.at(k - 4) ?? 0) - (after.at(k - 4) ?? 0)).toBeCloseTo(slope, 5);
    }
  });
});

test('features of the memory’s examples come in the order in which they are named', async () => {
  await using session = await Session.open({ device: 'cpu', threads: 1 });
  const view = await prepare(session, size);
  for (const rows of [Int32Array.of(9, 3), Int32Array.of(50)]) await session.addMemory({ view, rows });
  const found = await session.memoryFeatures(Int32Array.of(2, 0, 1));
  expect(found).toEqual(await session.features({ view, rows: Int32Array.of(50, 9, 3) }));
  await expect(
    session.trainEpoch({ views: [view], joinsMemory: true, reservoir: 5, batchSize: 8 }),
  ).rejects.toThrow('A reservoir is offered examples of views');
});

test('a layer of unit means takes each feature for the class whose mean its unit vector is nearest to', () => {
  const [rows, width, classes] = [60, 5, 4];
  const values = Float32Array.from({ length: rows * width }, (_, at) => Math.abs(Math.sin(at * at + 1)));
  const labels = Uint8Array.from({ length: rows }, (_, row) => [0, 1, 3][row % 3] ?? 0); // none of class 2
  const means = meansOf(values, width, labels, classes);
  const unit = (vector: readonly number[]): number[] => vector.map((value) => value / Math.hypot(...vector));
  const feature = (row: number): number[] => [...values.subarray(row * width, (row + 1) * width)];
  const nearestOf = (row: number): number => {
    const distances = [0, 1, 3].map((own) => {
      const members = [...labels.keys()]
        .filter((each) => labels[each] === own)
        .map((each) => unit(feature(each)));
      const mean = unit(
        members[0]?.map((_, i) => members.reduce((sum, one) => sum + (one[i] ?? 0), 0)) ?? [],
      );
      return Math.hypot(...unit(feature(row)).map((value, i) => value - (mean[i] ?? 0)));
    });
    return [0, 1, 3][distances.indexOf(Math.min(...distances))] ?? -1;
  };
  const chosenBy = (row: number): number => {
    const scores = [0, 1, 3].map((own) =>
      feature(row).reduce((sum, value, i) => sum + value * (means[own * width + i] ?? 0), 0),
    );
    return [0, 1, 3][scores.indexOf(Math.max(...scores))] ?? -1;
  };
  for (let row = 0; row < rows; ++row) expect(chosenBy(row)).toBe(nearestOf(row));
  expect([...means.subarray(2 * width, 3 * width)]).toEqual([0, 0, 0, 0, 0]);
});

test('the classes share the memory, the best exemplars stay, and their means are the last layer', async () => {
  const kept: number[][][] = [];
  const looking: StrategyDefinition = {
    ...(icarl as StrategyDefinition),
    name: 'looking',
    create(config, context) {
      const hooks = icarl.create(config as Parameters<typeof icarl.create>[0], context);
      return {
        ...hooks,
        async afterTask(now) {
          await hooks.afterTask?.(now);
          const { session } = now;
          const labels = await session.memoryLabels();
          const { values, width } = await session.memoryFeatures(identity(labels.length));
          const [weight, bias] = (await session.parameters()).slice(-2);
          const classes = weight?.shape[0] ?? 0;
          expect(weight?.data).toEqual(meansOf(values, width, labels, classes));
          expect([...(bias?.data ?? [])].map((value) => value === 0)).toEqual(
            [...identity(classes)].map((own) => labels.includes(own)),
          );
          const { memory } = await session.exportState();
          kept.push(memory.map(({ rows }) => [...rows]));
          expect(memory.every(({ targets }) => targets === null)).toBe(true);
        },
      };
    },
  };
  await runExperiment({
    strategy: looking,
    ...{ benchmark: 'split-digits', scenario: 'class', outputs: 'all', tasks: 3, epochs: 1 },
    ...{ hidden: [16], batchSize: 32, device: 'cpu', threads: 1, memorySize: 25 },
  } as Parameters<typeof runExperiment>[0]);
  expect(kept.map((parts) => parts.map((rows) => rows.length))).toEqual([
    [12, 12],
    [6, 6, 6, 6],
    [4, 4, 4, 4, 4, 4],
  ]);
  for (const [index, rows] of (kept[1] ?? []).entries()) {
    if (index < 2) expect(rows).toEqual(kept[0]?.[index]?.slice(0, 6));
    expect(kept[2]?.[index]).toEqual(rows.slice(0, 4));
  }
});

test('classes out of turn and too small a memory are refused, and a learner stays as it was', async () => {
  const input = { ...small, strategy: 'icarl', memorySize: 4, classes: 8, hidden: [4] } as const;
  await using learner = await ContinualLearner.create(input);
  await learner.learn(task(30, 3, 3));
  const before = await weights(learner);
  const refused = async (first: number, text: string): Promise<void> => {
    await expect(learner.learn(task(30, 3, first))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(text),
    });
    expect(await weights(learner)).toEqual(before);
  };
  await refused(0, 'the first examples of class 0 after one that has taught class 5');
  await refused(5, '5 classes share it');
  const { labels } = await learner.predict(task(30, 3, 3));
  expect(Math.min(...labels)).toBeGreaterThanOrEqual(3); // a class without exemplars is never the nearest
  const fewer = { strategy: 'icarl', benchmark: 'split-digits', scenario: 'class', memorySize: 9 } as const;
  await expect(runExperiment(fewer)).rejects.toThrow('10 classes share it');
});
