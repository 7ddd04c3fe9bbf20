import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type MemoryOptions,
  memoryOptions,
  resumeExperiment,
  runExperiment,
  type StrategyDefinition,
  type TaskContext,
} from '../../lib/index.js';
import type { RunEvent, RunResult } from '../../lib/runs/types.js';
import { type Sandbox, sandbox } from '../cli/command.js';
import { engine } from '../support/engine.js';
import { type Method, modelIn, shortRun, timeless } from '../support/runs.js';
import { expectSameWhereverStopped, runUntil, Stopped } from '../support/stopping.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

const memory = { memorySize: 40, rehearsal: 8 } as const;
const searches = { directionIterations: 3, lambdaIterations: 3 } as const;
const both = { strategy: 'er+lfd', ...memory, ...searches } as const;
const methods: Method[] = [
  { strategy: 'baseline', checkpointEvery: 'epoch' },
  { strategy: 'er', ...memory, checkpointEvery: 'epoch' },
  { strategy: 'lfd', memorySize: 40, ...searches, smoothing: 0.5, checkpointEvery: 'epoch' },
  { strategy: 'lfd', preset: 'reference', checkpointEvery: 'epoch' },
  { ...both, sphere: 'global', checkpointEvery: 'epoch' },
  { ...both, checkpointEvery: 'task' },
  { ...both, checkpointEvery: 'off' },
  {
    strategy: 'er',
    ...memory,
    optimizer: 'sgd',
    momentum: 0.9,
    nesterov: 'on',
    optimizerState: 'keep',
    schedule: 'cosine',
    checkpointEvery: 'epoch',
  },
  {
    strategy: 'baseline',
    optimizer: 'adam',
    optimizerState: 'keep',
    schedule: 'steps',
    milestones: [1],
    checkpointEvery: 'epoch',
  },
  {
    strategy: 'lfd',
    memorySize: 40,
    ...searches,
    optimizer: 'sgd',
    learningRate: 0.02,
    schedule: 'restarts',
    restartEpochs: 1,
    minLearningRate: 0.001,
    warmUpEpochs: 1,
    clipGradient: 0.5,
    engine: 'autograd',
    checkpointEvery: 'task',
  },
  { strategy: 'joint', evaluateAll: 'on', checkpointEvery: 'epoch' },
];

describe('a run stopped at any of its events and resumed ends bit for bit like one that was not:', () => {
  test.each(methods.map((method, index) => [method, index] as const))(
    '%o',
    { timeout: 180_000 },
    (method, index) => expectSameWhereverStopped({ engine, ...method }, box, join(box.folder, `${index}`)),
  );
});

/** The events of a resumed run, without those that come by the clock. */
async function resumedEvents(out: string): Promise<string[]> {
  const events: string[] = [];
  await resumeExperiment(out, {
    onEvent(event) {
      if (event.type === 'epoch') events.push(`epoch ${event.task}.${event.epoch}`);
      else if (event.type === 'task' || event.type === 'task-start')
        events.push(`${event.type} ${event.task}`);
      else if (event.type === 'resume') events.push(`resume ${event.tasksDone}.${event.epochsDone}`);
      else if (event.type === 'start' || event.type === 'end') events.push(event.type);
    },
  });
  return events;
}

test('a run resumed inside a task trains what is left, and nothing twice', async () => {
  const out = join(box.folder, 'inside');
  await runUntil({ engine, strategy: 'baseline', tasks: 3, checkpointEvery: 'epoch' }, box, out, 7); // the second epoch of task 1
  expect(await resumedEvents(out)).toEqual(
    ['start', 'resume 1.1', 'task-start 1', 'epoch 1.1', 'task 1'].concat([
      'task-start 2',
      'epoch 2.0',
      'epoch 2.1',
      'task 2',
      'end',
    ]),
  );
});

test('a run that is complete has nothing left to do, and the same result', async () => {
  const out = join(box.folder, 'complete');
  const result = await runExperiment(shortRun({ strategy: 'baseline', out }, box.dataDir));
  const model = await modelIn(out);
  expect(await resumedEvents(out)).toEqual(['start', 'resume 2.0', 'end']);
  const again = JSON.parse(await readFile(join(out, 'result.json'), 'utf8')) as RunResult;
  expect(timeless(again)).toEqual(timeless(result));
  expect(await modelIn(out)).toEqual(model);
});

test('times go on from where they were', async () => {
  const out = join(box.folder, 'times');
  await runUntil({ engine, strategy: 'lfd', memorySize: 40, ...searches }, box, out, 5);
  const before = JSON.parse(await readFile(join(out, 'result.json'), 'utf8')) as RunResult;
  const { seconds, epochSeconds } = await resumeExperiment(out);
  for (const phase of ['setup', 'training', 'evaluation', 'total'] as const) {
    expect(seconds[phase], phase).toBeGreaterThan(before.seconds[phase]);
  }
  expect(seconds.training).toBeCloseTo(
    epochSeconds.flat().reduce((sum, value) => sum + value, 0),
    9,
  );
});

describe('a strategy of one’s own', () => {
  const own: StrategyDefinition<MemoryOptions> = {
    name: 'frozen-start',
    options: memoryOptions({ rehearsal: 64 }),
    create: (config) => ({
      rehearsal: config.rehearsal,
      beforeTask: async ({ session, task }: TaskContext) => {
        if (task === 0) await session.vectors.copy('parameters', 'anchor');
        await session.createOptimizer(config);
      },
      afterTask: async ({ session, view }: TaskContext) =>
        session.addMemory({ view, rows: Int32Array.of(1, 2, 3) }),
    }),
  };

  async function stopped(out: string): Promise<void> {
    const input = { ...shortRun({ strategy: 'er', out }, box.dataDir), strategy: own };
    let tasks = 0;
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'task' && ++tasks === 2) throw new Stopped();
    };
    await expect(runExperiment(input as never, { onEvent })).rejects.toBeInstanceOf(Stopped);
  }

  test('is resumed when it is given again', async () => {
    const out = join(box.folder, 'own');
    await stopped(out);
    const input = { ...shortRun({ strategy: 'er' }, box.dataDir), strategy: own };
    const whole = await runExperiment(input as never);
    expect(timeless(await resumeExperiment(out, { strategy: own }))).toEqual(timeless(whole));
  });

  test('is asked for when it is missing or another', async () => {
    const out = join(box.folder, 'own-missing');
    await stopped(out);
    await expect(resumeExperiment(out)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('resumeExperiment(folder, { strategy })'),
    });
    const other = { ...own, name: 'another' };
    await expect(resumeExperiment(out, { strategy: other })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('has the strategy frozen-start, not another'),
    });
  });
});
