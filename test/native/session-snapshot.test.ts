import { describe, expect, test } from 'vitest';
import type { NamedTensor, SessionSnapshot } from '../../binding.js';
import { Session } from '../../lib/session/session.js';
import { engine } from '../support/engine.js';
import { mlpOf } from '../support/network.js';
import {
  continuation,
  direction,
  FEATURES,
  inTheMiddle,
  open,
  type Prepared,
  resumed,
} from '../support/snapshot-sessions.js';
import { identity, syntheticRows } from '../support/synthetic.js';

describe('a session that takes a snapshot goes on bit for bit like the one that made it', () => {
  // Under every other objective: test/native/conformance.test.ts.
  test('with each part of the state there is, and every stream drawn from', async () => {
    const original = await inTheMiddle({ perTensor: true });
    using _session = original.session;
    const snapshot = structuredClone(await original.session.exportState());
    const expected = await continuation(original);
    const copy = await resumed(snapshot);
    using _copy = copy.session;
    expect(await copy.session.exportState()).toEqual(snapshot);
    expect(await continuation(copy)).toEqual(expected);
  });

  test('when the penalty’s vectors were written after it was set: it measures by them as they are', async () => {
    const original = await inTheMiddle({ perTensor: true });
    using _session = original.session;
    const { session, first, second } = original;
    await session.vectors.copy('parameters', 'anchor');
    await session.findDirection({ ...direction, perTensor: true });
    expect(await session.deviation()).toBe(0);
    const copy = await resumed(structuredClone(await session.exportState()));
    using _copy = copy.session;
    const learnt = async (of: Prepared): Promise<unknown[]> => {
      const { losses } = await of.session.trainEpoch({ views: [first, second], batchSize: 32 });
      return [Array.from(losses), await of.session.deviation(), await of.session.parameters()];
    };
    expect(await learnt(copy)).toEqual(await learnt(original));
  });
});

test('a snapshot is a copy: what becomes of it does not reach the session', async () => {
  const prepared = await inTheMiddle({ perTensor: false });
  using _session = prepared.session;
  const snapshot = await prepared.session.exportState();
  const untouched = structuredClone(snapshot);
  for (const { data } of snapshot.parameters) data.fill(0);
  snapshot.streams.host.fill(0);
  expect(await prepared.session.exportState()).toEqual(untouched);
});

test('without an optimiser there is none afterwards', async () => {
  const prepared = await open();
  using _session = prepared.session;
  await prepared.session.createModel({ network: mlpOf([FEATURES, 4]), seed: 1, engine });
  const snapshot = await prepared.session.exportState();
  expect(snapshot).toMatchObject({
    optimizer: null,
    vectors: {},
    penalties: [],
    memory: [],
  });
  const copy = await resumed(snapshot);
  using _copy = copy.session;
  await expect(copy.session.trainEpoch({ views: [copy.first], batchSize: 8 })).rejects.toThrow(
    'no optimiser yet',
  );
});

test('a session without a model has nothing to tell', async () => {
  const { session } = await open();
  using _session = session;
  await expect(session.exportState()).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('no model yet'),
  });
});

/** The snapshot's anchor with other tensors. */
function changedAnchor({ vectors }: SessionSnapshot, change: (tensor: NamedTensor) => unknown): object {
  return {
    vectors: { ...vectors, anchor: { ...vectors.anchor, tensors: vectors.anchor?.tensors.map(change) } },
  };
}

/** A Mersenne twister's state whose counters would lead it outside its table: 624 left, the next one the 624th. */
function overrunning(state: Uint8Array): Uint8Array {
  const bytes = state.slice();
  new DataView(bytes.buffer).setInt32(8, 624, true);
  new DataView(bytes.buffer).setBigUint64(16, 624n, true);
  return bytes;
}

describe('a snapshot that does not fit is refused, and changes nothing:', () => {
  type Change = (snapshot: SessionSnapshot) => unknown;
  const without = (list: readonly unknown[]): unknown[] => list.slice(1);
  const cases: [string, Change, string][] = [
    ['a tensor is missing', (s) => ({ parameters: without(s.parameters) }), 'the parameters has 3'],
    [
      'other layers',
      () => ({ network: mlpOf([FEATURES, 25, 4]) }),
      "('layers.0.weight') must have the shape [25, 64]; found [24, 64]",
    ],
    [
      'no classes',
      () => ({ network: { ...mlpOf([FEATURES, 4]), classes: 0 } }),
      "'network.classes' must be an integer from 1",
    ],
    [
      'a network of another kind',
      () => ({ network: { ...mlpOf([FEATURES, 4]), kind: 'lenet' } }),
      "no network of the kind 'lenet'; there are: mlp",
    ],
    [
      'a network with numbers of another',
      () => ({ network: { ...mlpOf([FEATURES, 4]), depth: 3 } }),
      "has of its own 'hidden'",
    ],
    [
      'another name',
      (s) => ({ parameters: s.parameters.map((t) => ({ ...t, name: `x${t.name}` })) }),
      "must be 'layers.0.weight'; found 'xlayers.0.weight'",
    ],
    [
      'too few numbers',
      (s) => changedAnchor(s, (t) => ({ ...t, data: t.data.subarray(1) })),
      'must have 1536 elements; found 1535',
    ],
    [
      'no Float32Array',
      (s) => changedAnchor(s, (t) => ({ ...t, data: [...t.data] })),
      "'vectors.anchor.tensors[0].data' must be a Float32Array",
    ],
    [
      'a moment is missing',
      (s) => ({ optimizer: { ...s.optimizer, vectors: { ...s.optimizer?.vectors, firstMoment: [] } } }),
      "the optimiser's vector 'firstMoment' has 0",
    ],
    [
      'all of them are missing',
      (s) => ({ optimizer: { ...s.optimizer, vectors: {} } }),
      "the optimiser's vector 'firstMoment' has 0",
    ],
    [
      'an optimiser of another kind',
      (s) => ({ optimizer: { ...s.optimizer, options: { ...s.optimizer?.options, optimizer: 'lion' } } }),
      "'optimizer.options.optimizer' must be one of",
    ],
    [
      "Nesterov's momentum without one",
      (s) => ({ optimizer: { ...s.optimizer, options: { ...s.optimizer?.options, nesterov: 'on' } } }),
      "'optimizer.options.nesterov' must be 'off' where 'momentum' is 0",
    ],
    [
      'milestones out of order',
      (s) => ({ optimizer: { ...s.optimizer, options: { ...s.optimizer?.options, milestones: [3, 3] } } }),
      "'optimizer.options.milestones' must be increasing integers",
    ],
    [
      'negative steps',
      (s) => ({ optimizer: { ...s.optimizer, steps: -1 } }),
      "'optimizer.steps' must be an integer",
    ],
    [
      'a radius of 0',
      (s) => ({ penalties: s.penalties.map((p) => ({ ...p, radius: 0 })) }),
      "'penalties[0].radius' must be above 0",
    ],
    [
      'a penalty without its vectors',
      () => ({ vectors: {} }),
      "measures by the vector 'anchor', which the session does not have",
    ],
    [
      'a vector with a name that none can have',
      (s) => ({ vectors: { ...s.vectors, '9 lives': s.vectors.anchor } }),
      "found '9 lives'",
    ],
    [
      'a vector that takes the place of the parameters',
      (s) => ({ vectors: { ...s.vectors, parameters: s.vectors.anchor } }),
      "'parameters' are the network's own",
    ],
    [
      'a vector that grows in no known way',
      (s) => ({ vectors: { ...s.vectors, anchor: { ...s.vectors.anchor, growth: 'wild' } } }),
      "'vectors.anchor.growth' must be one of",
    ],
    ['buffers that the network does not have', (s) => ({ buffers: s.parameters }), 'the buffers has 4'],
    [
      'memory of a view that is not there',
      () => ({ memory: [{ view: 2, rows: identity(1), targets: null }] }),
      'no view with the id 2',
    ],
    [
      'memory of a row that is not there',
      () => ({ memory: [{ view: 0, rows: Int32Array.of(200), targets: null }] }),
      'no row 200',
    ],
    [
      'a stream of other length',
      (s) => ({ streams: { ...s.streams, host: s.streams.host.subarray(1) } }),
      "The host stream's state (5055 bytes)",
    ],
    [
      'a stream of zeros',
      (s) => ({ streams: { ...s.streams, method: new Uint8Array(s.streams.method.length) } }),
      "The method stream's state",
    ],
    [
      'a stream that would overrun',
      (s) => ({ streams: { ...s.streams, host: overrunning(s.streams.host) } }),
      "The host stream's state",
    ],
    ['no engine of that name', () => ({ engine: 'abacus' }), "'engine' must be one of"],
    ['no streams', () => ({ streams: undefined }), "'streams' must be an object"],
  ];

  test.each(cases)('%s', async (_name, change, message) => {
    const prepared = await inTheMiddle({ perTensor: true });
    using _session = prepared.session;
    const snapshot = await prepared.session.exportState();
    const changed = { ...snapshot, ...(change(snapshot) as object) } as SessionSnapshot;
    await expect(prepared.session.importState(changed)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
    expect(await prepared.session.exportState()).toEqual(snapshot);
  });

  test('data of other features than the model takes', async () => {
    const prepared = await inTheMiddle();
    using _session = prepared.session;
    const snapshot = await prepared.session.exportState();
    const other = await Session.open({ device: 'cpu', threads: 1 });
    using _other = other;
    for (let i = 0; i < 2; ++i) {
      const dataset = await other.loadDataset(syntheticRows(200, 9, 4));
      await other.addView({ dataset, columns: identity(9) });
    }
    await expect(other.importState(snapshot)).rejects.toThrow(
      'The data has 9 features, but the model takes 64',
    );
    await expect(other.parameters()).rejects.toThrow('no model yet');
  });
});
