import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExperimentInput } from '../../lib/config/types.js';
import {
  ContinualLearner,
  directionPenalty,
  type RunEvent,
  remember,
  resumeExperiment,
  runExperiment,
  runSeeds,
  searchDirection,
} from '../../lib/index.js';
import { readResult } from '../../lib/runs/read-result.js';
import { Session } from '../../lib/session/session.js';
import { lfdOptions } from '../../lib/strategies/lfd/options.js';
import { memoryOptions } from '../../lib/strategies/rehearsal/memory.js';
import { type Sandbox, sandbox } from '../cli/command.js';
import { mlpOf } from '../support/network.js';
import { articleAdamW, identity, syntheticRows } from '../support/synthetic.js';

let box: Sandbox;
let folder: string;
beforeAll(async () => {
  box = await sandbox();
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-divergence-'));
});
afterAll(async () => {
  await box[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Each step multiplies the weights by -99: after some twenty no float32 holds them. */
const wild = { learningRate: 10, weightDecay: 10 };
const small = { hidden: [16], batchSize: 64, device: 'cpu', threads: 1 } as const;

/** Options that every strategy has. */
function common(): typeof small & { tasks: number; epochs: number; dataDir: string } {
  return { tasks: 3, epochs: 5, ...small, dataDir: box.dataDir };
}

function input(more: Partial<ExperimentInput>): ExperimentInput {
  return { strategy: 'baseline', ...common(), ...more } as ExperimentInput;
}

describe.each(['fused', 'autograd'] as const)('a session with the %s engine', (engine) => {
  const zeros = { images: new Uint8Array(50 * 8).fill(9), labels: new Uint8Array(50), features: 8 };

  async function prepared(): Promise<{ session: Session; view: number }> {
    const session = await Session.open({ device: 'cpu', threads: 1 });
    const dataset = await session.loadDataset(zeros);
    const view = await session.addView({ dataset, columns: identity(8) });
    await session.createModel({ network: mlpOf([8, 6, 3]), seed: 1, engine });
    return { session, view };
  }

  async function withLastBias(session: Session, bias: readonly number[]): Promise<void> {
    const parameters = (await session.parameters()).map(({ data }) => data.fill(0));
    parameters.at(-1)?.set(bias);
    await session.setParameters(parameters);
  }

  test.each([
    [[0, -1, -1], 50],
    [[Number.NaN, Number.NaN, Number.NaN], 0],
    [[Number.NaN, 0, 0], 0],
    [[1, Number.NaN, 0], 0],
    [[1, 0, Number.NaN], 0],
    [[Number.POSITIVE_INFINITY, 0, 0], 0],
    [[1, 0, Number.NEGATIVE_INFINITY], 0],
  ])('outputs %o are right for class 0 in %i of 50 rows', async (bias, right) => {
    const { session, view } = await prepared();
    using _ = session;
    await withLastBias(session, bias);
    expect((await session.evaluate({ views: [view], batchSize: 7 })).correct[0]).toBe(right);
  });

  test('notices when only the last step throws the parameters away', async () => {
    const { session, view } = await prepared();
    using _ = session;
    await session.createOptimizer({ ...articleAdamW, learningRate: 1e30, weightDecay: 1e30 });
    const { losses, diverged } = await session.trainEpoch({ views: [view], batchSize: 50 });
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(diverged).toBe(0);
  });

  test('a training that does well is told as such', async () => {
    const { session, view } = await prepared();
    using _ = session;
    await session.createOptimizer(articleAdamW);
    expect(await session.trainEpoch({ views: [view], batchSize: 5 })).toMatchObject({ diverged: null });
    expect(await session.isFinite()).toBe(true);
  });

  test('leaves the model where it was when the search of the equilibrium point diverges', async () => {
    const { session, view } = await prepared();
    using _ = session;
    await session.addMemory({ view, rows: identity(20) });
    await withLastBias(session, [0, 0, Number.NaN]);
    await session.vectors.copy('parameters', 'anchor');
    await withLastBias(session, [1, 0, 0]);
    const descent = { start: 0.5, learningRate: 0.1, clip: 5, decays: true, iterations: 9, batchSize: 8 };
    const { path } = await session.findEquilibriumPoint(descent);
    expect(path).toHaveLength(2);
    expect(path[1]).toBeNaN();
    expect(await session.isFinite()).toBe(true);
    expect((await session.parameters()).at(-1)?.data).toEqual(Float32Array.of(1, 0, 0));
  });

  test('an experiment stops at the step, with what was finished and no averages', async () => {
    const events: RunEvent[] = [];
    const out = join(folder, `stop-${engine}`);
    const result = await runExperiment(input({ ...wild, engine, out }), {
      onEvent: (event) => events.push(event),
    });
    const { status, diverged, accuracy, metrics, average, losses } = result;
    expect({ status, accuracy, metrics, average }).toEqual({
      status: 'diverged',
      accuracy: [],
      metrics: null,
      average: null,
    });
    expect(diverged).toMatchObject({ task: 0, phase: 'training' });
    expect(losses[0]?.length).toBe((diverged?.epoch ?? 0) + 1);
    expect(events.map(({ type }) => type).filter((type) => type !== 'progress')).toEqual([
      'start',
      'task-start',
      ...(losses[0] ?? []).map(() => 'epoch'),
      'diverged',
      'end',
    ]);
    expect(events.find(({ type }) => type === 'diverged')).toEqual({ type: 'diverged', ...diverged });
    expect(await readResult(out)).toMatchObject({ status: 'diverged', diverged });
    expect((await readdir(out)).sort()).toEqual(['config.json', 'result.json']);
  });
});

describe('an experiment that diverges', () => {
  test('in a later task keeps the finished ones, their checkpoint too, and resuming says what to do', async () => {
    const out = join(folder, 'late');
    let task = -1;
    const result = await runExperiment({
      ...common(),
      out,
      strategy: {
        name: 'late',
        create: (config) => ({
          async beforeTask({ session, task: now }) {
            task = now;
            await session.createOptimizer(now < 2 ? config : { ...config, learningRate: 1e30 });
          },
        }),
      },
    });
    expect(task).toBe(2);
    expect(result).toMatchObject({
      status: 'diverged',
      diverged: { task: 2, epoch: 0 },
      metrics: null,
      average: null,
    });
    expect(result.accuracy.map((row) => row.length)).toEqual([1, 2]);
    expect((await readdir(out)).sort()).toEqual(['checkpoint.safetensors', 'config.json', 'result.json']);
    await expect(resumeExperiment(out)).rejects.toMatchObject({
      code: 'DIVERGED',
      message: expect.stringContaining('--learning-rate'),
    });
  });

  test('goes on to the end when it shall: every row is wrong, nothing is averaged', async () => {
    const result = await runExperiment(input({ ...wild, onNan: 'continue' }));
    expect(result).toMatchObject({
      status: 'completed',
      diverged: { task: 0 },
      metrics: null,
      average: null,
    });
    expect(result.accuracy).toEqual([[0], [0, 0], [0, 0, 0]]);
  });

  test('in a step of the strategy itself, outside of any epoch, is noticed all the same', async () => {
    const result = await runExperiment({
      ...common(),
      strategy: {
        name: 'breaks',
        create: (config) => ({
          beforeTask: ({ session }) => session.createOptimizer(config),
          async afterTask({ session }) {
            await session.setParameters(
              (await session.parameters()).map(({ data }) => data.fill(Number.NaN)),
            );
          },
        }),
      },
    });
    expect(result.diverged).toEqual({ task: 0, phase: 'parameters', epoch: null, step: null });
    expect(result.status).toBe('diverged');
  });

  test.each([
    ['an infinite penalty', { alpha: 1e300 }, 'training'],
    ['a direction that finds no finite g', { radius: 1e38 }, 'direction'],
  ])('by %s is told where', async (_, beyond, phase) => {
    const result = await runExperiment({
      ...common(),
      epochs: 1,
      memorySize: 20,
      directionIterations: 2,
      strategy: {
        name: 'beyond',
        options: { ...lfdOptions, ...memoryOptions({ rehearsal: 0 }) },
        create: (config) => ({
          async beforeTask(context) {
            await context.session.vectors.copy('parameters', 'anchor');
            if (context.task > 0) await searchDirection({ ...config, ...beyond }, context);
          },
          objective: ({ task }) => ({
            penalties: task > 0 ? [directionPenalty({ ...config, ...beyond })] : [],
          }),
          afterTask: (context) => remember(config, context),
        }),
      },
    });
    expect(result).toMatchObject({ status: 'diverged', diverged: { task: 1, phase }, metrics: null });
    expect(result.accuracy).toHaveLength(1);
  });

  test('with one of several seeds leaves the others running, and is in no mean', async () => {
    const seen: number[] = [];
    const result = await runSeeds(
      {
        ...common(),
        tasks: 2,
        epochs: 1,
        strategy: {
          name: 'sometimes',
          create: (config) => ({
            async beforeTask({ session }) {
              seen.push(config.seed);
              await session.createOptimizer(config.seed === 2 ? { ...config, learningRate: 1e30 } : config);
            },
          }),
        },
      },
      [1, 2, 3],
    );
    expect(result.runs.map(({ status }) => status)).toEqual(['completed', 'diverged', 'completed']);
    expect(result.diverged).toEqual([2]);
    const [first, , third] = result.runs.map(({ average }) => average);
    expect(result.average.mean).toBeCloseTo(((first ?? 0) + (third ?? 0)) / 2, 10);
    expect(seen).toContain(3);
  });
});

describe('a learner whose task diverges', () => {
  const rows = syntheticRows(200, 16, 4);
  const task = { inputs: rows.images, labels: Int32Array.from(rows.labels) };
  const options = { strategy: 'er', inputs: 16, classes: 3, memorySize: 10, ...small } as const;

  test('rejects with DIVERGED and is as it was before', async () => {
    const learner = await ContinualLearner.create({ ...options, ...wild });
    const before = await learner.parameters();
    await expect(learner.learn(task)).rejects.toMatchObject({
      code: 'DIVERGED',
      message: expect.stringContaining('learningRate'),
    });
    expect(await learner.parameters()).toEqual(before);
    expect([learner.tasks, learner.classes, await learner.memory()]).toEqual([0, 3, []]);
    learner.dispose();
  });

  test.each([
    ['in the call', {}, { onNan: 'continue' as const }],
    ['in its configuration', { onNan: 'continue' as const }, {}],
  ])('keeps what comes out when that is asked for %s', async (_, config, call) => {
    const learner = await ContinualLearner.create({ ...options, ...wild, ...config });
    const { losses } = await learner.learn(task, call);
    expect(losses.at(-1)).toBeNaN();
    expect(learner.tasks).toBe(1);
    learner.dispose();
  });

  test('refuses another word for onNan before any work', async () => {
    const learner = await ContinualLearner.create(options);
    await expect(learner.learn(task, { onNan: 'ignore' as never })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining("onNan is 'ignore'"),
    });
    learner.dispose();
  });
});

test('the published schema of a result knows the status', async () => {
  const schema = await readFile(new URL('../../docs/result.schema.json', import.meta.url), 'utf8');
  expect(schema).toContain('"diverged"');
});
