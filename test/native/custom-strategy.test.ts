import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ClTorchError,
  directionPenalty,
  type LfdOptions,
  lfdOptions,
  type MemoryOptions,
  memoryOptions,
  moveToEquilibriumPoint,
  type RunResult,
  remember,
  reportDeviation,
  runExperiment,
  runSeeds,
  type StrategyDefinition,
  searchDirection,
} from '../../lib/index.js';
import { type Sandbox, sandbox } from '../cli/command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

const small = () =>
  ({
    tasks: 3,
    epochs: 2,
    batchSize: 64,
    hidden: [16],
    device: 'cpu',
    threads: 1,
    dataDir: box.dataDir,
    memorySize: 40,
    rehearsal: 16,
  }) as const;

/** Rehearsal and LFD, put together from the public parts alone. */
const composed: StrategyDefinition<LfdOptions & MemoryOptions> = {
  name: 'composed',
  options: { ...lfdOptions, ...memoryOptions({ rehearsal: 64 }) },
  create: (config) => ({
    rehearsal: config.rehearsal,
    async beforeTask(context) {
      await context.session.vectors.copy('parameters', 'anchor');
      if (context.task > 0) await searchDirection(config, context);
    },
    objective: ({ task }) => ({ penalties: task > 0 ? [directionPenalty(config)] : [] }),
    remember: (context) => remember(config, context),
    async afterTask(context) {
      if (context.task > 0) await reportDeviation(context);
      if (context.task > 0) await moveToEquilibriumPoint(config, context);
    },
  }),
};

describe('a strategy of one’s own', () => {
  test('put together like a built-in one gives its numbers, bit for bit', async () => {
    const own = await runExperiment({ strategy: composed, ...small() });
    const builtIn = await runExperiment({ strategy: 'er+lfd', ...small() });
    expect(own.accuracy).toEqual(builtIn.accuracy);
    expect(own.losses).toEqual(builtIn.losses);
    const told = ({ taskReports }: RunResult) =>
      taskReports.map(({ measures, curves }) => ({ measures, curves }));
    expect(told(own)).toEqual(told(builtIn));
    expect(own.strategy).toBe('composed');
    expect({ ...own.config, replayLoss: 'joined', rehearse: 'batches' }).toEqual({
      ...builtIn.config,
      strategy: 'composed',
    });
  });

  test('that keeps a memory, but has no reservoir, is told so where one is asked for', async () => {
    const input = { ...small(), memorySelection: 'reservoir' } as const;
    await expect(runExperiment({ strategy: composed, ...input })).rejects.toThrow(
      'reservoir: reservoirOf(config)',
    );
  });

  test('without the equilibrium point gives other numbers', async () => {
    const without: StrategyDefinition<LfdOptions & MemoryOptions> = {
      ...composed,
      create: (config, context) => {
        const { afterTask: _, ...rest } = composed.create(config, context);
        return rest;
      },
    };
    const own = await runExperiment({ strategy: without, ...small() });
    const builtIn = await runExperiment({ strategy: 'er+lfd', ...small(), equilibriumPoint: 'off' });
    expect(own.losses).toEqual(builtIn.losses);
    expect(own.losses).not.toEqual((await runExperiment({ strategy: 'er+lfd', ...small() })).losses);
  });

  test('runs once for each seed, made anew each time', async () => {
    let made = 0;
    const counting: StrategyDefinition<Record<never, never>> = {
      name: 'counting',
      create: () => {
        ++made;
        return {};
      },
    };
    const { memorySize: _, rehearsal: __, ...rest } = small();
    const several = await runSeeds({ strategy: counting, ...rest }, [1, 2]);
    const builtIn = await runSeeds({ strategy: 'baseline', ...rest }, [1, 2]);
    expect(made).toBe(2);
    expect(several.runs.map(({ accuracy }) => accuracy)).toEqual(
      builtIn.runs.map(({ accuracy }) => accuracy),
    );
  });

  test('an error of a hook ends the run with that error', async () => {
    const failing: StrategyDefinition<MemoryOptions> = {
      name: 'failing',
      options: memoryOptions({ rehearsal: 64 }),
      create: () => ({
        beforeTask: () => Promise.reject(new RangeError('mine')),
      }),
    };
    await expect(runExperiment({ strategy: failing, ...small() })).rejects.toThrow(new RangeError('mine'));
  });
});

describe('is refused', () => {
  const refusal = async (strategy: object, more: object = {}): Promise<string> => {
    const input = { ...small(), ...more, strategy } as unknown as Parameters<typeof runExperiment>[0];
    const error: unknown = await runExperiment(input).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ClTorchError);
    expect((error as ClTorchError).code).toBe('CONFIG_INVALID');
    return (error as ClTorchError).message;
  };

  test.each([
    [{ name: 'lfd' }, 'name must be'],
    [{ name: '../up' }, 'name must be'],
    [{ name: undefined }, 'name must be'],
    [{ optionsOf: 'er' }, 'it has optionsOf, which is no part of one: name'],
    [{ options: { alpha: 3 } }, 'its option alpha must be made by option.withDefault'],
    [{ options: { 'a-b': 3 } }, "its option 'a-b' must be named in letters and digits"],
    [{ options: [] }, 'options must be an object'],
    [{ presets: {}, options: {} }, 'its presets are chosen by an option preset'],
    [{ create: 3 }, 'create must be a function'],
    [{ create: async () => ({}) }, 'must return an object with the hooks; found Promise'],
    [{ create: () => ({ afterTasks() {} }) }, 'composed has afterTasks, which is no part of one: beforeTask'],
  ])('%o', async (change, problem) => {
    expect(await refusal({ ...composed, ...change })).toContain(problem);
  });

  test('with an option that the named strategy does not have', async () => {
    expect(
      await refusal({ ...composed, options: memoryOptions({ rehearsal: 64 }) }, { radius: 3 }),
    ).toContain('"radius": an option of');
  });
});
