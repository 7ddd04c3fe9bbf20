import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromFileSnapshot, toFileSnapshot } from '../../lib/checkpoint/snapshot.js';
import { loadNative } from '../../lib/session/native.js';
import { Session } from '../../lib/session/session.js';
import { engine } from '../support/engine.js';
import { mlpOf } from '../support/network.js';
import {
  caseName,
  optimizerOf,
  type PythonCase,
  type PythonOptimizers,
  preparedLikePython,
  scheduleOf,
} from '../support/optimizers.js';
import { articleAdamW, identity, syntheticRows } from '../support/synthetic.js';
import { vendor } from '../support/vendor.mjs';

function fixtureOf(name: string): PythonOptimizers {
  const file = new URL(`../fixtures/optimizers-${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as PythonOptimizers;
}

const fixture = fixtureOf(vendor);
const clipped = fixtureOf('clipped');
const cases = [fixture, clipped].flatMap((its) =>
  its.cases.map((of): [string, PythonCase, PythonOptimizers] => [caseName(of), of, its]),
);

const { cpuCapability } = (await loadNative()).runtimeInfo();
/** LibTorch's vector registers multiply and add with one rounding, and the fixture's tensors fill them. */
const hasFma = cpuCapability === 'AVX2' || cpuCapability === 'AVX512';
const skipped = hasFma ? '' : ` (skipped: the fixture is of AVX2 or AVX512, and this is ${cpuCapability})`;

/** Sets the two biases so far apart that every gradient is 0 or the inputs, to the last bit. */
async function saturate(session: Session): Promise<void> {
  const [weights] = await session.parameters();
  await session.setParameters([weights?.data ?? new Float32Array(), Float32Array.of(-1e6, 1e6)]);
}

describe.skipIf(!hasFma)(`the autograd engine is bit-exact with PyTorch${skipped}`, () => {
  test.each(cases)('%s', async (_name, of, its) => {
    const { session, view } = await preparedLikePython(its, 1);
    using _ = session;
    await saturate(session);
    await session.createOptimizer(optimizerOf(of));
    const { epochs, batchSize } = its;
    for (let epoch = 0; epoch < epochs; ++epoch) {
      await session.trainEpoch({ views: [view], batchSize, epoch, epochs });
    }
    expect((await session.parameters()).map(({ data }) => [...data])).toEqual(of.final);
  });
});

describe('the learning rates of each epoch are PyTorch’s, to the last bit of a double', () => {
  const all = [...fixture.rates, ...clipped.rates];
  const nameOf = ({ schedule, rate, epochs, warm_up_epochs = 0 }: (typeof all)[number]): string =>
    `${schedule} from ${rate}, ${epochs} epochs, ${warm_up_epochs} of them a warm-up`;
  test.each(all.map((of) => [nameOf(of), of] as const))(
    '%s',
    async (_name, { rate, epochs, seen, ...schedule }) => {
      using session = await Session.open({ device: 'cpu', threads: 1 });
      const dataset = await session.loadDataset(syntheticRows(2, 4, 2));
      const view = await session.addView({ dataset, columns: identity(4) });
      await session.createModel({ network: mlpOf([4, 2]), seed: 1, engine: 'autograd' });
      const plain = { ...articleAdamW, learningRate: rate, optimizer: 'sgd' } as const;
      await session.createOptimizer({ ...plain, ...scheduleOf(schedule) });
      const rates: number[] = [];
      for (let epoch = 0; epoch < epochs; ++epoch) {
        rates.push((await session.trainEpoch({ views: [view], batchSize: 2, epoch, epochs })).learningRate);
      }
      expect(rates).toEqual(seen);
    },
  );
});

describe('a session that takes a snapshot goes on bit for bit, within a task and into the next:', () => {
  const epochs = 4;

  /** A session with two tasks' views and the optimizer. */
  async function prepared(of: PythonCase): Promise<{ session: Session; views: number[] }> {
    const session = await Session.open({ device: 'cpu', threads: 1 });
    const dataset = await session.loadDataset(syntheticRows(60, 12, 3));
    const views = [identity(12), identity(12).reverse()].map((columns) =>
      session.addView({ dataset, columns }),
    );
    await session.createModel({ network: mlpOf([12, 8, 3]), seed: 3, engine: of.clip ? 'autograd' : engine });
    await session.createOptimizer(optimizerOf(of));
    return { session, views: await Promise.all(views) };
  }

  async function train(session: Session, view: number, first: number, end: number): Promise<number[]> {
    const losses: number[] = [];
    for (let epoch = first; epoch < end; ++epoch) {
      losses.push(...(await session.trainEpoch({ views: [view], batchSize: 7, epoch, epochs })).losses);
    }
    return losses;
  }

  /** What is left of a task after its second epoch, and the next task with the optimizer that there is. */
  async function rest(session: Session, [first = 0, second = 0]: number[], of: PythonCase) {
    const losses = await train(session, first, 2, epochs);
    await session.createOptimizer({ ...optimizerOf(of), optimizerState: 'keep' });
    losses.push(...(await train(session, second, 0, epochs)));
    return { losses, state: await session.exportState() };
  }

  test.each(cases)('%s', async (_name, of) => {
    const { session, views } = await prepared(of);
    using _ = session;
    await train(session, views[0] ?? 0, 0, 2);
    const { outline, tensors } = toFileSnapshot(await session.exportState());
    const expected = await rest(session, views, of);
    expect(expected.state.optimizer?.steps).toBe(2 * epochs * 9);

    const copy = await prepared(fixture.cases[0] as PythonCase);
    using _copy = copy.session;
    await copy.session.importState(fromFileSnapshot(JSON.parse(JSON.stringify(outline)), tensors));
    expect(await rest(copy.session, copy.views, of)).toEqual(expected);
  });

  test('a file from before there was clipping or a warm-up has none of them', async () => {
    const { session } = await prepared(fixture.cases[0] as PythonCase);
    using _ = session;
    const state = await session.exportState();
    const { outline, tensors } = toFileSnapshot(state);
    const {
      clipGradient: _c,
      warmUpEpochs: _e,
      warmUpFactor: _f,
      ...options
    } = outline.optimizer?.options ?? {};
    const earlier = { ...outline, optimizer: { ...outline.optimizer, options } };
    expect(fromFileSnapshot(earlier, tensors)).toEqual(state);
  });

  test('a new optimizer has forgotten the steps of the one before, and one of another kind, too', async () => {
    const momentum = { ...articleAdamW, optimizer: 'sgd', momentum: 0.9 } as const;
    const { session, views } = await prepared(fixture.cases[0] as PythonCase);
    using _ = session;
    const steps = async (): Promise<unknown> => (await session.exportState()).optimizer?.steps;
    await train(session, views[0] ?? 0, 0, 1);
    await session.createOptimizer({ ...articleAdamW, optimizerState: 'keep' });
    expect(await steps()).toBe(9);
    await session.createOptimizer({ ...momentum, optimizerState: 'keep' });
    expect(await steps()).toBe(0);
    await train(session, views[0] ?? 0, 0, 1);
    await session.createOptimizer(momentum);
    expect(await steps()).toBe(0);
  });

  test('a kept optimizer’s vectors grow by zeros with the head', async () => {
    const { session, views } = await prepared(fixture.cases[0] as PythonCase);
    using _ = session;
    await train(session, views[0] ?? 0, 0, 1);
    const before = (await session.exportState()).optimizer;
    await session.growHead(5);
    const after = (await session.exportState()).optimizer;
    expect(after).toMatchObject({ options: before?.options, steps: before?.steps });
    for (const name of ['firstMoment', 'secondMoment']) {
      const [old, grown] = [before, after].map((each) => each?.vectors[name] ?? []);
      expect(grown?.map(({ shape }) => shape)).toEqual([[8, 12], [8], [5, 8], [5]]);
      for (const [i, { data }] of (old ?? []).entries()) {
        const values = [...(grown?.[i]?.data ?? [])];
        expect(values.slice(0, data.length)).toEqual([...data]);
        expect(values.slice(data.length).every((value) => value === 0)).toBe(true);
      }
    }
  });
});
