import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ContinualLearner,
  loadDataset,
  type RunEvent,
  type RunResult,
  resumeExperiment,
  runExperiment,
  Session,
} from '../../lib/index.js';
import { type Sandbox, sandbox } from '../cli/command.js';
import { averaging } from '../strangers/averaging.js';
import { everySecondInverted } from '../strangers/every-second-inverted.js';
import { onlineEwc } from '../strangers/online-ewc.js';
import { split } from '../strangers/split.js';
import { libFiles } from '../support/rooms.js';
import { modelIn, timeless } from '../support/runs.js';

// What CONTRIBUTING.md says that a stranger can do, with its number of files and lines.

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

const small = () =>
  ({
    tasks: 3,
    epochs: 1,
    batchSize: 64,
    hidden: [16],
    device: 'cpu',
    threads: 1,
    dataDir: box.dataDir,
  }) as const;

const strangers = fileURLToPath(new URL('../strangers/', import.meta.url));

test.each([
  ['online-ewc', 35],
  ['averaging', 30],
  ['every-second-inverted', 25],
  ['split', 45],
])('%s is one file of at most %i lines', (name, most) => {
  const text = readFileSync(join(strangers, `${name}.ts`), 'utf8');
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(most);
  expect([...text.matchAll(/from '(.*)'/g)].map(([, module]) => module)).toEqual(['../../lib/index.js']);
});

describe('a strategy with an option of its own', () => {
  test('keeps nothing of the earlier weights, or all: what fine-tuning and the first task give', async () => {
    const run = (keep: number): Promise<RunResult> =>
      runExperiment({ strategy: averaging, ...small(), keep });
    const [none, all] = [await run(0), await run(1)];
    const baseline = await runExperiment({ strategy: 'baseline', ...small() });
    expect([none.accuracy, none.losses]).toEqual([baseline.accuracy, baseline.losses]);
    expect(all.accuracy.map(([first]) => first)).toEqual(Array(3).fill(baseline.accuracy[0]?.[0]));
    expect(none.config).toEqual({ ...baseline.config, strategy: 'averaging', keep: 0 });
  });

  test('is refused what the option does not take, by the compiler and when it runs', async () => {
    // @ts-expect-error a number
    const text = runExperiment({ strategy: averaging, ...small(), keep: 'half' });
    await expect(text).rejects.toThrow("keep (--keep): expected a number from 0 to 1, found 'half'");
    await expect(runExperiment({ strategy: averaging, ...small(), keep: 2 })).rejects.toThrow('found 2');
    // @ts-expect-error an option of another strategy
    const other = runExperiment({ strategy: averaging, ...small(), memorySize: 3 });
    await expect(other).rejects.toThrow(/"memorySize": an option of er, .*lfd, not of this strategy/);
  });

  test('is a learner’s, too', async () => {
    const shape = { inputs: 2, classes: 2, hidden: [4], device: 'cpu', threads: 1 } as const;
    using learner = await ContinualLearner.create({ strategy: averaging, ...shape, keep: 1 });
    const task = { inputs: Float32Array.of(0, 1, 1, 0), labels: [0, 1] };
    await learner.learn(task);
    const before = await learner.parameters();
    await learner.learn({ ...task, labels: [1, 0] });
    expect(await learner.parameters()).toEqual(before);
  });
});

describe('online EWC', () => {
  const run = (ewcLambda: number, more: object = {}): Promise<RunResult> =>
    runExperiment({ strategy: onlineEwc, ...small(), epochs: 3, ...more, ewcLambda });

  test('without a penalty is fine-tuning; a strong one holds the first task', async () => {
    const baseline = await runExperiment({ strategy: 'baseline', ...small(), epochs: 3 });
    const without = await run(0);
    expect([without.accuracy, without.losses]).toEqual([baseline.accuracy, baseline.losses]);
    const strong = await run(1e6);
    expect(strong.losses[0]).toEqual(baseline.losses[0]);
    expect(strong.metrics?.forgetting).toBeLessThan(baseline.metrics?.forgetting ?? 0);
  });

  test('is resumed bit for bit: all it keeps lies in the session', async () => {
    const [whole, out] = [join(box.folder, 'whole-ewc'), join(box.folder, 'stopped-ewc')];
    const expected = await run(1000, { out: whole });
    const stop = new AbortController();
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'task-start' && event.task === 2) stop.abort();
    };
    const stopped = runExperiment(
      { strategy: onlineEwc, ...small(), epochs: 3, ewcLambda: 1000, out },
      { signal: stop.signal, onEvent },
    );
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect(timeless(await resumeExperiment(out, { strategy: onlineEwc }))).toEqual(timeless(expected));
    expect(await modelIn(out)).toEqual(await modelIn(whole));
  });
});

describe('a benchmark', () => {
  test('shows every second task with black and white exchanged', async () => {
    const { losses, accuracy, config } = await runExperiment({
      strategy: 'baseline',
      benchmark: everySecondInverted,
      ...small(),
      tasks: 2,
    });
    expect(config).toMatchObject({ benchmark: 'every-second-inverted', tasks: 2 });
    expect(config).not.toHaveProperty('permutationSeed');
    const { train, test: measured, features } = await loadDataset('mnist', { dataDir: box.dataDir });
    using session = await Session.open({ device: 'cpu', threads: 1 });
    const columns = Int32Array.from({ length: features }, (_, column) => column);
    const view = async ({ images, labels }: typeof train, shown: (byte: number) => number) => {
      const dataset = await session.loadDataset({ images: images.map(shown), labels, features });
      return session.addView({ dataset, columns });
    };
    const [as, inverted] = [(byte: number) => byte, (byte: number) => 255 - byte];
    const views = [await view(train, as), await view(train, inverted)];
    const tests = [await view(measured, as), await view(measured, inverted)];
    const network = { kind: 'mlp', input: [features], classes: 10, hidden: [16] } as const;
    await session.createModel({ network, seed: config.seed });
    for (const [task, each] of views.entries()) {
      await session.createOptimizer(config);
      const outcome = await session.trainEpoch({ views: [each], batchSize: 64 });
      expect(losses[task]).toEqual([
        outcome.losses.reduce((sum, loss) => sum + loss, 0) / outcome.losses.length,
      ]);
      const { correct, total } = await session.evaluate({ views: tests.slice(0, task + 1), batchSize: 64 });
      expect(accuracy[task]).toEqual(Array.from(correct, (count, i) => (100 * count) / (total[i] ?? 0)));
    }
  });

  test('has tasks of different sizes: steps, throughput and exemplars are those of each', async () => {
    const { train } = await loadDataset('mnist', { dataDir: box.dataDir });
    const rows = [0, 1].map((task) => train.labels.filter((label) => Math.floor(label / 5) === task).length);
    expect(rows[0]).not.toBe(rows[1]);
    const steps: number[] = [];
    let left: number | undefined;
    const onEvent = (event: RunEvent): void => {
      if (event.type !== 'epoch') return;
      steps.push(event.stepLosses.length);
      left = event.secondsLeft;
    };
    const input = { strategy: 'er', benchmark: split, ...small(), tasks: 2, classesPerTask: 5 } as const;
    const { accuracy } = await runExperiment({ ...input, memorySize: 5 }, { onEvent });
    expect(steps).toEqual(rows.map((count) => Math.ceil(count / 64)));
    expect(left).toBe(0);
    expect(accuracy.map((row) => row.length)).toEqual([1, 2]);
    const fewest = Math.min(...rows);
    const tooMany = runExperiment({ ...input, memorySize: fewest + 1 });
    await expect(tooMany).rejects.toThrow(`a task has only ${fewest} training examples`);
  });

  test('is resumed by giving it again, bit for bit', async () => {
    const [whole, out] = [join(box.folder, 'whole-split'), join(box.folder, 'stopped-split')];
    const input = { strategy: 'er', benchmark: split, ...small(), tasks: 2, memorySize: 5 } as const;
    const expected = await runExperiment({ ...input, out: whole });
    const stop = new AbortController();
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'task-start' && event.task === 1) stop.abort();
    };
    await runExperiment({ ...input, out }, { signal: stop.signal, onEvent }).catch(() => {});
    await expect(resumeExperiment(out)).rejects.toThrow(
      'has the custom benchmark classes-in-turn. Give it again: ',
    );
    const result = await resumeExperiment(out, { benchmark: split });
    expect(timeless(result)).toEqual(timeless(expected));
    expect(await modelIn(out)).toEqual(await modelIn(whole));
  });

  test.each([
    [{ name: 'permuted-mnist' }, 'name must be'],
    [{ plan: 3 }, 'plan must be a function'],
    [{ scenario: ['class'] }, 'it has scenario, which is no part of one: name'],
    [{ options: {} }, 'its options must have tasks'],
    [
      { plan: () => [{ train: { columns: new Int32Array(3) }, test: {} }] },
      'columns has 3 entries, and the network has 784 inputs',
    ],
    [
      { plan: split.plan, options: { ...split.options, epochs: split.options.tasks } },
      'has an option epochs',
    ],
  ])('that cannot be is refused: %o', async (change, problem) => {
    const benchmark = { ...split, ...change } as typeof split;
    await expect(runExperiment({ strategy: 'baseline', benchmark, ...small(), tasks: 2 })).rejects.toThrow(
      problem,
    );
  });

  test('of a scenario that a strategy is not made for is refused', async () => {
    const strategy = { ...averaging, scenarios: ['task'] as const };
    await expect(runExperiment({ strategy, benchmark: split, ...small() })).rejects.toThrow(
      'averaging is made for task-incremental tasks, and those of classes-in-turn are class-incremental',
    );
  });
});

test.each(['evaluateAll', 'permutationSeed', 'lambdaClip', 'ewcGamma'])(
  'the option %s stands in two files at most: where it is said, and where it is used',
  (key) => {
    const naming = libFiles()
      .filter(({ path }) => !path.includes('reproductions/')) // they are configurations
      .filter(({ text }) => new RegExp(`\\b${key}\\b`).test(text));
    expect(naming.length).toBeLessThanOrEqual(2);
  },
);
