import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERROR_CODES } from '../../lib/base/errors.js';
import * as api from '../../lib/index.js';
import { baseline, task } from '../support/learner.js';
import { prepare } from '../support/synthetic.js';

/** What people pass by mistake, and what is made to break a reader. */
const hostile: readonly unknown[] = [
  undefined,
  null,
  3,
  -1,
  Number.NaN,
  2 ** 60,
  10n,
  '',
  'text',
  'a\0b',
  '/dev/null',
  'package.json',
  '.',
  'package.json/below',
  Symbol('symbol'),
  () => 3,
  class {},
  [],
  [1, 'a'],
  [undefined],
  new Float64Array(3),
  new Uint8Array(0),
  new DataView(new ArrayBuffer(8)),
  new Map([[1, 2]]),
  new Date(Number.NaN),
  Object.create(null),
  { strategy: 3 },
  { strategy: { name: 'x', options: {}, create: 3 } },
  { signal: 3 },
  { onEvent: 3, onProgress: 3 },
  { inputs: 3, images: 3, labels: 3 },
  { views: 3, rows: 'x', view: {} },
  throwing(
    'strategy',
    'signal',
    'inputs',
    'device',
    'places',
    'segments',
    'type',
    'name',
    'message',
    'images',
  ),
  new Proxy(
    {},
    { get: fail, ownKeys: fail, has: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail },
  ),
];

function fail(): never {
  throw new RangeError('trap');
}

function throwing(...keys: readonly string[]): object {
  return Object.defineProperties(
    {},
    Object.fromEntries(keys.map((key) => [key, { get: fail, enumerable: true }])),
  );
}

let folder: string;
let learner: api.ContinualLearner;
let session: api.Session;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-surface-'));
  learner = await baseline();
  await learner.learn(task(), { epochs: 1 });
  session = await api.Session.open({ device: 'cpu', threads: 1 });
  await prepare(session, { rows: 64, features: 8 });
});
afterAll(async () => {
  learner.dispose();
  session.dispose();
  await rm(folder, { recursive: true, force: true });
});

type Call = (value: never) => unknown;
const nowhere = { strategy: 'baseline', dataDir: '/nowhere' } as const;

const calls: Readonly<Record<string, Call>> = {
  'runExperiment(x)': (x) => api.runExperiment(x),
  'runExperiment(…, x)': (x) => api.runExperiment(nowhere, x),
  'runExperiment({ hidden: x })': (x) => api.runExperiment({ ...nowhere, hidden: x }),
  'runExperiment({ dataDir: x })': (x) =>
    api.runExperiment({ strategy: 'baseline', dataDir: x ?? '/nowhere' }),
  'resumeExperiment(x)': (x) => api.resumeExperiment(x),
  'resumeExperiment(…, x)': (x) => api.resumeExperiment('/nowhere', x),
  'runSeeds(x)': (x) => api.runSeeds(x, [1]),
  'runSeeds(…, x)': (x) => api.runSeeds(nowhere, x),
  'runSeeds(…, …, x)': (x) => api.runSeeds(nowhere, [1], x),
  'runSeeds({ atOnce: x })': (x) => api.runSeeds(nowhere, [1], { atOnce: x }),
  'consecutiveSeeds(x, x)': (x) => api.consecutiveSeeds(x, x),
  'loadDataset(x)': (x) => api.loadDataset(x, { dataDir: '/nowhere' }),
  'loadDataset(…, x)': (x) => api.loadDataset('kmnist', x),
  'loadDataset({ dataDir: x })': (x) => api.loadDataset('kmnist', { dataDir: x }),
  'loadModel(x)': (x) => api.loadModel(x),
  'predictImages(x)': (x) => api.predictImages(x, '/nowhere'),
  'predictImages(…, x)': (x) => api.predictImages(join(folder, 'nothing'), x),
  'predictImages(…, …, x)': (x) => api.predictImages(join(folder, 'nothing'), '/nowhere', x),
  'saveModel(x)': (x) => api.saveModel(x, []),
  'saveModel(…, x)': (x) => api.saveModel(join(folder, 'model'), x),
  'saveModel(…, […x])': (x) => api.saveModel(join(folder, 'model'), [x]),
  'saveModel(…, …, x)': async (x) => api.saveModel(join(folder, 'model'), await learner.parameters(), x),
  'shareDataset(x)': (x) => api.shareDataset(x),
  'session.loadDataset({ shared: x })': (x) => session.loadDataset({ shared: x ?? null }),
  'createTrainingGroup(x)': (x) => api.createTrainingGroup(x),
  'session.setPenalties(x)': (x) => session.setPenalties(x),
  'session.setPenalties([x])': (x) => session.setPenalties([x]),
  'session.setFrozen(x)': (x) => session.setFrozen(x),
  'session.gradient(x)': (x) => session.gradient(x),
  'session.importance(x)': (x) => session.importance(x),
  'vectors.get(x)': (x) => session.vectors.get(x),
  'vectors.set(x, x)': (x) => session.vectors.set(x, x),
  'vectors.fill(x, x)': (x) => session.vectors.fill(x, x),
  'vectors.copy(x, x)': (x) => session.vectors.copy(x, x),
  'vectors.drop(x)': (x) => session.vectors.drop(x),
  'vectors.add(x, x, x)': (x) => session.vectors.add(x, x, x),
  'vectors.scale(x, x)': (x) => session.vectors.scale(x, x),
  'vectors.multiply(x, x)': (x) => session.vectors.multiply(x, x),
  'vectors.divide(x, x)': (x) => session.vectors.divide(x, x),
  'vectors.dot(x, x)': (x) => session.vectors.dot(x, x),
  'vectors.dotByTensor(x, x)': (x) => session.vectors.dotByTensor(x, x),
  'vectors.norm(x)': (x) => session.vectors.norm(x),
  'vectors.normByTensor(x)': (x) => session.vectors.normByTensor(x),
  'vectors.project(x, x, x)': (x) => session.vectors.project(x, x, x),
  'vectors.retract(x, x, x)': (x) => session.vectors.retract(x, x, x),
  'vectors.spreadGates(x, x, x)': (x) => session.vectors.spreadGates(x, x, x),
  'openEventLog(x).write(x)': (x) => {
    using log = api.openEventLog(typeof x === 'string' ? join(folder, `events${x}`) : x);
    log.write(x);
  },
  'log.write(x)': (x) => {
    using log = api.openEventLog(join(folder, 'events.jsonl'));
    log.write(x);
  },
  'openTensorBoardLog(x)': (x) => {
    using log = api.openTensorBoardLog(typeof x === 'string' ? join(folder, `board${x}`) : x);
    log.write({ type: 'start' } as never);
  },
  'tensorboard.write(x)': (x) => {
    using log = api.openTensorBoardLog(join(folder, 'board'));
    log.write(x);
  },
  'averageAccuracy(x)': (x) => api.averageAccuracy(x),
  'backwardTransfer(x)': (x) => api.backwardTransfer(x),
  'forgetting(x)': (x) => api.forgetting(x),
  'forgettingByTask(x)': (x) => api.forgettingByTask(x),
  'forwardTransfer(x, x)': (x) => api.forwardTransfer(x, x),
  'forwardTransfer(…, x)': (x) => api.forwardTransfer([[1]], x),
  'learningAccuracy(x)': (x) => api.learningAccuracy(x),
  'continualMetrics(x)': (x) => api.continualMetrics(x, null),
  'continualMetrics(…, x)': (x) => api.continualMetrics([[1]], x),
  'searchDirection(x, x)': (x) => api.searchDirection(x, x),
  'directionPenalty(x)': (x) => api.directionPenalty(x),
  'moveToEquilibriumPoint(x, x)': (x) => api.moveToEquilibriumPoint(x, x),
  'remember(x, x)': (x) => api.remember(x, x),
  'ContinualLearner.create(x)': (x) => api.ContinualLearner.create(x),
  'ContinualLearner.create(…, x)': async (x) =>
    (await api.ContinualLearner.create({ strategy: 'baseline', inputs: 2, classes: 2 }, x)).dispose(),
  'ContinualLearner.load(x)': (x) => api.ContinualLearner.load(x),
  'ContinualLearner.load(…, x)': (x) => api.ContinualLearner.load('/nowhere', x),
  'learner.learn(x)': (x) => learner.learn(x),
  'learner.learn([{ inputs: x }])': (x) => learner.learn([{ inputs: x, labels: x }]),
  'learner.learn(…, x)': (x) => learner.learn(task(), x),
  'learner.learn({ epochs: x })': (x) => learner.learn(task(), { epochs: x ?? 0 }),
  'learner.learn({ inputs: x })': (x) => learner.learn({ inputs: x, labels: x }),
  'learner.learn({ shape: x })': (x) => learner.learn({ ...task(), shape: x ?? [] }),
  'learner.predict(x)': (x) => learner.predict(x),
  'learner.predict(…, x)': (x) => learner.predict(task(), x),
  'learner.evaluate(x)': (x) => learner.evaluate(x),
  'learner.evaluate(…, x)': (x) => learner.evaluate(task(), x),
  'learner.save(x)': (x) => learner.save(typeof x === 'string' && x !== '' ? join(folder, 'saved', x) : x),
  'learner.snapshot(x)': async (x) => (await learner.snapshot(x)).dispose(),
  'Session.open(x)': (x) => api.Session.open(x),
  'new Session(x)': (x) => new (api.Session as unknown as new (y: never) => api.Session)(x),
};

test.each(Object.entries(calls))('%s succeeds or is refused with a code', async (_, call) => {
  await refusedOrDone(call);
});

const methods = Object.entries(Object.getOwnPropertyDescriptors(api.Session.prototype))
  .filter(([, { value }]) => typeof value === 'function')
  .map(([name]) => name)
  .filter((name) => !['constructor', 'dispose'].includes(name));
test.each(methods)('session.%s(x) succeeds or is refused with a code', async (name) => {
  const method = (...values: never[]): unknown =>
    (session as unknown as Record<string, Call>)[name]?.call(session, ...(values as [never]));
  await refusedOrDone((x) => method(x));
  await refusedOrDone((x) => method({} as never, x));
});

test('nothing was left in the current folder', async () => {
  expect(await readdir('.')).not.toContain('text');
});

async function refusedOrDone(call: Call): Promise<void> {
  for (const [index, value] of hostile.entries()) {
    let thrown: unknown;
    let returned: unknown;
    try {
      returned = call(value as never); // by rejection, where the call gives a promise
    } catch (error) {
      thrown = error;
    }
    if (thrown === undefined) {
      try {
        await returned;
      } catch (error) {
        thrown = error;
      }
    }
    if (thrown === undefined) continue;
    const { name, code, stack } = thrown as { name?: unknown; code?: unknown; stack?: unknown };
    expect(name, `value ${index}: ${String(stack)}`).toBe('ClTorchError');
    expect(ERROR_CODES).toContain(code);
    expect(code, `value ${index}: ${String(stack)}`).not.toBe('INTERNAL');
  }
}
