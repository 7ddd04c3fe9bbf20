import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../lib/config/parse.js';
import type { ExperimentInput } from '../../lib/config/types.js';
import { runExperiment, type StrategyDefinition } from '../../lib/index.js';
import type { RunEvent, RunResult } from '../../lib/runs/types.js';
import { Session } from '../../lib/session/session.js';
import { lfd } from '../../lib/strategies/lfd/lfd.js';
import type { LfdOptions } from '../../lib/strategies/lfd/options.js';
import { directionPenalty, searchDirection } from '../../lib/strategies/lfd/parts.js';
import type { TaskContext } from '../../lib/training/strategy.js';
import { type Sandbox, sandbox } from '../cli/command.js';
import { engine } from '../support/engine.js';
import { silent } from '../support/made-up-run.js';
import { articleAdamW, identity, prepare, syntheticRows } from '../support/synthetic.js';
import { dot, flat, largestDifference, norm, partsOf, plus, split, tangent } from '../support/vectors.js';

const size = { rows: 96, features: 24, classes: 4, hidden: [12], seed: 5 };
const lengths = [24 * 12, 12, 12 * 4, 4];
const tensors = partsOf(lengths);

/** The forerunner's decay, so large that a few steps show it. */
const decay = 0.5;
const config = parseConfig({
  strategy: 'lfd',
  direction: 'random',
  alpha: decay / 2,
  projection: 'per-tensor',
}) as unknown as LfdOptions;

/** What `searchDirection` uses of a task. */
function contextOf(session: Session): TaskContext {
  const call = { signal: new AbortController().signal, onProgress: () => {} };
  return {
    session,
    report: () => {},
    phase: (_: unknown, work: (given: unknown) => unknown) => work(call),
  } as never;
}

describe.each([0, 0.7])('with SGD and a momentum of %d', (momentum) => {
  const steps = 6;
  const learningRate = 0.1;

  /** The steps of the product, from a w_t and a direction on one sphere that it tells. */
  async function learnt(): Promise<{ end: number[]; anchor: number[]; nu: number[] }> {
    using session = await Session.open({ device: 'cpu', threads: 1 });
    const view = await prepare(session, size);
    await session.vectors.copy('parameters', 'anchor');
    await searchDirection(config, contextOf(session));
    await session.setPenalties([directionPenalty(config)]);
    await session.createOptimizer({
      ...articleAdamW,
      optimizer: 'sgd',
      learningRate,
      momentum,
      weightDecay: 0,
    });
    const [anchor, nu] = [flat(await session.parameters()), flat(await session.vectors.get('direction'))];
    for (let step = 0; step < steps; ++step)
      await session.trainEpoch({ views: [view], batchSize: size.rows });
    return { end: flat(await session.parameters()), anchor, nu };
  }

  /** The forerunner's step by its formula, in float64; or one that decays the parameters beside the momentum. */
  async function byFormula(anchor: number[], nu: number[], isDecoupled: boolean): Promise<number[]> {
    using session = await Session.open({ device: 'cpu', threads: 1 });
    const view = await prepare(session, size);
    let [w, velocity] = [anchor, anchor.map(() => 0)];
    for (let step = 0; step < steps; ++step) {
      await session.setParameters(split(w, lengths));
      await session.gradient({ view, rows: identity(size.rows), target: 'gradient' });
      const gradient = flat(await session.vectors.get('gradient'));
      const delta = tangent(nu, plus(w, anchor, -1), tensors);
      velocity = plus(isDecoupled ? gradient : plus(gradient, delta, decay), velocity, momentum);
      w = plus(w, velocity, -learningRate);
      if (isDecoupled) w = plus(w, delta, -learningRate * decay);
    }
    return w;
  }

  test('the penalty of half the decay is the forerunner’s decay off the direction, tensor by tensor', async () => {
    const { end, anchor, nu } = await learnt();
    expect(norm(nu)).toBeCloseTo(20, 4); // one sphere
    expect(largestDifference(end, await byFormula(anchor, nu, false))).toBeLessThan(1e-5);
    const apart = largestDifference(end, await byFormula(anchor, nu, true));
    if (momentum === 0) expect(apart).toBeLessThan(1e-5);
    else expect(apart).toBeGreaterThan(1e-3); // the momentum gathers the decay, too
  });
});

test('an epoch that the memory joins is one over its rows and the view’s together', async () => {
  const losses: number[][] = [];
  for (const joinsMemory of [true, false]) {
    using session = await Session.open({ device: 'cpu', threads: 1 });
    const first = await prepare(session, size);
    const dataset = await session.loadDataset(syntheticRows(40, size.features, size.classes));
    const second = await session.addView({ dataset, columns: identity(size.features) });
    const rows = Int32Array.of(3, 30, 77);
    await session.addMemory({ view: first, rows });
    const kept = await session.loadDataset(rowsOf(rows));
    const views = [second, await session.addView({ dataset: kept, columns: identity(size.features) })];
    const outcome = await session.trainEpoch(
      joinsMemory ? { views: [second], joinsMemory, batchSize: 8 } : { views, batchSize: 8 },
    );
    losses.push([...outcome.losses]);
    if (!joinsMemory) continue;
    const reservoir = session.trainEpoch({ views: [second], joinsMemory, batchSize: 8, reservoir: 9 });
    await expect(reservoir).rejects.toThrow('A reservoir is offered examples of views');
  }
  expect(losses[0]).toHaveLength(6); // of 43 examples
  expect(largestDifference(losses[0] ?? [], losses[1] ?? [])).toBeLessThan(1e-5);
});

/** A data set of some of the synthetic rows. */
function rowsOf(rows: Int32Array): ReturnType<typeof syntheticRows> {
  const { images, labels, features } = syntheticRows(size.rows, size.features, size.classes);
  const each = [...rows].map((row) => images.subarray(row * features, (row + 1) * features));
  return {
    images: Uint8Array.from(each.flatMap((pixels) => [...pixels])),
    labels: Uint8Array.from(rows, (row) => labels[row] ?? 0),
    features,
  };
}

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

const small = {
  tasks: 2,
  epochs: 1,
  hidden: [32],
  batchSize: 64,
  device: 'cpu',
  threads: 1,
  engine,
} as const;

interface Run {
  readonly result: RunResult;
  readonly losses: readonly number[];
}

/** Two tasks of 512 images. */
async function run(method: object): Promise<Run> {
  const events: RunEvent[] = [];
  const input = { ...small, ...method, dataDir: box.dataDir } as unknown as ExperimentInput;
  const result = await runExperiment(input, { onEvent: (event) => events.push(event) });
  const losses = events.flatMap((event) => (event.type === 'epoch' ? [...event.stepLosses] : []));
  return { result, losses };
}

test('a forerunner’s preset searches in passes over one example a class, which join the next epoch', async () => {
  const { result, losses } = await run({ strategy: 'lfd', preset: 'pfcl-permuted-mnist' });
  const curves = result.taskReports[1]?.curves ?? {};
  expect(curves['direction-path']?.values).toHaveLength(20);
  expect(curves['lambda-path']?.values).toHaveLength(2 * 20 + 1);
  expect(losses).toHaveLength(512 / 64 + 9); // 522 examples
  expect(result.config).toMatchObject({ optimizer: 'sgd', momentum: 0.7, firstTask: 'natural' });
});

test.each(['task', 'class'] as const)(
  'its options go with a ResNet18 and new classes, %s-incremental',
  async (scenario) => {
    const { result, losses } = await run({
      ...{ strategy: 'lfd', preset: 'pfcl-split-cifar100', benchmark: 'split-digits', scenario },
      ...{
        network: 'resnet18',
        hidden: undefined,
        width: 2,
        examplesPerClass: 6,
        batchSize: 7,
        engine: 'auto',
      },
    });
    expect(losses).toHaveLength(2 + 2); // 12 examples; then 2 of the memory beside them
    expect(result.taskReports[1]?.measures['cosine-largest']?.value).toBeGreaterThan(0);
    expect(result.accuracy[1]?.every(Number.isFinite)).toBe(true);
  },
);

test('no direction at all is the plain pull towards the old weights', async () => {
  const none = { strategy: 'lfd', direction: 'none', equilibriumPoint: 'off', memorySize: 0, alpha: 0.01 };
  const [lfd, l2] = [await run(none), await run({ strategy: 'l2', strength: 0.02 })];
  expect(lfd.losses).toEqual(l2.losses);
  expect(lfd.result.accuracy).toEqual(l2.result.accuracy);
  const { measures, phases } = lfd.result.taskReports[1] ?? silent;
  expect(Object.keys(measures)).toEqual(['deviation']);
  expect(phases).toEqual({});
});

test.each([
  { sphere: 'global', projection: 'sphere' },
  { sphere: 'global', projection: 'per-tensor' },
  { sphere: 'per-tensor', projection: 'sphere' },
] as const)('the report has the angle between the way and the direction, %o', async (parts) => {
  let [way, nu, shares]: number[][] = [[], [], []];
  const lengths: number[] = [];
  const watched: StrategyDefinition<LfdOptions> = {
    ...(lfd as unknown as StrategyDefinition<LfdOptions>),
    name: 'watched',
    create(config, context) {
      const inner = (lfd as unknown as StrategyDefinition<LfdOptions>).create(config, context);
      return {
        ...inner,
        async afterTask(context) {
          const { session, task } = context;
          if (task === 1) {
            const parameters = await session.parameters();
            lengths.push(...parameters.map(({ data }) => data.length));
            way = plus(flat(parameters), flat(await session.vectors.get('anchor')), -1);
            nu = flat(await session.vectors.get('direction'));
          }
          await inner.afterTask?.(context);
        },
      };
    },
  };
  const { result } = await run({
    strategy: watched,
    ...parts,
    memorySize: 20,
    directionIterations: 3,
    alpha: 0.1,
  });
  const cosine = (begin: number, end: number): number => {
    const [a = [], b = []] = [way?.slice(begin, end), nu?.slice(begin, end)];
    return Math.abs(dot(a, b)) / (norm(a) * norm(b));
  };
  const { measures, curves } = result.taskReports[1] ?? silent;
  const whole = cosine(0, nu?.length ?? 0);
  expect(whole).toBeGreaterThan(0);
  expect(measures.cosine?.value).toBeCloseTo(whole, 6);
  shares = partsOf(lengths).map(([begin, end]) => cosine(begin, end));
  if (parts.sphere === 'global' && parts.projection === 'sphere') {
    expect(curves['cosine-by-tensor']).toBeUndefined();
    return;
  }
  expect(largestDifference(curves['cosine-by-tensor']?.values ?? [], shares)).toBeLessThan(1e-6);
  expect(measures['cosine-largest']?.value).toBeCloseTo(Math.max(...shares), 6);
});
