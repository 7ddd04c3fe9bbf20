import type { DirectionOptions, PenaltyOptions, SessionSnapshot } from '../../binding.js';
import { Session } from '../../lib/session/session.js';
import { engine } from './engine.js';
import { mlpOf } from './network.js';
import { articleAdamW, identity, syntheticRows } from './synthetic.js';

/** Of the data. */
export const FEATURES = 64;
/** A short search for a less-forgetting direction. */
export const direction: DirectionOptions = {
  perTensor: false,
  radius: 2,
  ratios: [0.5, 1],
  learningRate: 0.05,
  momentum: 0.9,
  decays: true,
  iterations: 6,
  batchSize: 16,
  smoothing: 0.3,
  trainingStream: false,
  batchStatistics: false,
  layers: null,
};

/** A session, and the ids of its two views. */
export interface Prepared {
  readonly session: Session;
  readonly first: number;
  readonly second: number;
}

/** A session with two views of synthetic data, and nothing else. */
export async function open(rows = 200): Promise<Prepared> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  const dataset = await session.loadDataset(syntheticRows(rows, FEATURES, 4));
  const first = await session.addView({ dataset, columns: identity(FEATURES) });
  const second = await session.addView({ dataset, columns: identity(FEATURES).reverse() });
  return { session, first, second };
}

interface Setting {
  readonly perTensor?: boolean;
  readonly gradient?: PenaltyOptions['gradient'];
}

/** The same after a task, in the middle of the next: memory, direction, penalty and moments are all there. */
export async function inTheMiddle({ perTensor, gradient = 'closed-form' }: Setting = {}): Promise<Prepared> {
  const prepared = await open();
  const { session, first, second } = prepared;
  await session.createModel({ network: mlpOf([FEATURES, 24, 4]), seed: 11, engine });
  await session.createOptimizer(articleAdamW);
  await session.trainEpoch({ views: [first], batchSize: 32 });
  await session.addMemory({ view: first, rows: identity(60) });
  await session.addMemory({ view: second, rows: Int32Array.of(3, 199) });
  if (perTensor !== undefined) {
    await session.vectors.copy('parameters', 'anchor');
    await session.findDirection({ ...direction, perTensor });
    await session.setPenalties([{ strength: 0.05, direction: 'direction', perTensor, radius: 2, gradient }]);
  }
  await session.createOptimizer({ ...articleAdamW, learningRate: 2e-3 });
  await session.trainEpoch({ views: [second], batchSize: 32, rehearsal: 7 });
  return prepared;
}

/** What a session does next, in numbers: every stream and every part of the state has a share in them. */
export async function continuation({ session, first, second }: Prepared): Promise<unknown[]> {
  const told: unknown[] = [];
  const epoch = { batchSize: 32, rehearsal: 7 };
  told.push(Array.from((await session.trainEpoch({ ...epoch, views: [second] })).losses));
  told.push(Array.from((await session.evaluate({ views: [first, second], batchSize: 64 })).correct));
  const found = await session.findDirection({ ...direction, perTensor: true });
  told.push(found.objectiveFirst, found.objectiveLast);
  await session.findDirection({ ...direction, iterations: 0, trainingStream: true });
  told.push(await session.vectors.get('direction'));
  await session.vectors.copy('parameters', 'anchor');
  await session.setPenalties([{ strength: 0.5, direction: 'direction', radius: 2 }]);
  told.push(Array.from((await session.trainEpoch({ ...epoch, views: [first, second] })).losses));
  told.push(await session.deviation(), await session.parameters());
  await session.growHead(5);
  told.push(await session.parameters());
  return told;
}

/** A session of its own, made by another seed and used, that takes the snapshot. */
export async function resumed(snapshot: SessionSnapshot): Promise<Prepared> {
  const other = await open();
  await other.session.createModel({ network: mlpOf([FEATURES, 8, 4]), seed: 99, engine });
  await other.session.createOptimizer(articleAdamW);
  await other.session.trainEpoch({ views: [other.first], batchSize: 50 });
  await other.session.vectors.copy('parameters', 'anchor');
  await other.session.importState(snapshot);
  return other;
}
