import { describe, expect, test } from 'vitest';
import { Session } from '../../lib/session.js';
import { prepare } from '../support/synthetic.js';

/** 40,000 steps: long enough for anything to interrupt it. */
async function longEpoch(): Promise<{
  session: Session;
  run: (options?: Parameters<Session['trainEpoch']>[1]) => Promise<unknown>;
}> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  const view = await prepare(session, { rows: 40_000, hidden: [400, 400] });
  return { session, run: (options) => session.trainEpoch({ views: [view], batchSize: 1 }, options) };
}

/** Resolves at an epoch's first progress report. */
function firstProgress(run: Awaited<ReturnType<typeof longEpoch>>['run'], signal?: AbortSignal) {
  let done: Promise<unknown> = Promise.resolve();
  const started = new Promise<number>((resolve) => {
    done = run({ signal, onProgress: resolve });
    done.catch(() => {});
  });
  return { started, done };
}

describe('cancelling', () => {
  test('by AbortSignal ends the epoch; the reason is the cause; the session goes on', async () => {
    const { session, run } = await longEpoch();
    using _ = session;
    const controller = new AbortController();
    const { started, done } = firstProgress(run, controller.signal);
    expect(await started).toBeLessThan(40_000);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(done).rejects.toMatchObject({ name: 'ClTorchError', code: 'ABORTED', cause: reason });
    await expect(session.parameters()).resolves.toHaveLength(6);
  });

  test('by a signal that had already fired does nothing at all', async () => {
    const { session, run } = await longEpoch();
    using _ = session;
    const before = await session.parameters();
    await expect(run({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await session.parameters()).toEqual(before);
  });

  test('by an exception in the progress callback, which the epoch then rejects with', async () => {
    const { session, run } = await longEpoch();
    using _ = session;
    let calls = 0;
    const failing = run({
      onProgress: () => {
        calls += 1;
        throw new RangeError('from the callback');
      },
    });
    await expect(failing).rejects.toThrow(new RangeError('from the callback'));
    expect(calls).toBe(1);
    await expect(session.parameters()).resolves.toHaveLength(6);
  });

  test('takes the queued calls along', async () => {
    const { session, run } = await longEpoch();
    using _ = session;
    const { started, done } = firstProgress(run);
    const controller = new AbortController();
    const queued = run({ signal: controller.signal });
    await started;
    controller.abort();
    await expect(queued).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(done).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('disposing', () => {
  test('is idempotent, rejects what runs with ABORTED and later calls with DISPOSED', async () => {
    const { session, run } = await longEpoch();
    const { started, done } = firstProgress(run);
    await started;
    session.dispose();
    session.dispose();
    await expect(done).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(session.parameters()).rejects.toMatchObject({ name: 'ClTorchError', code: 'DISPOSED' });
    await expect(run()).rejects.toMatchObject({ code: 'DISPOSED' });
    session.dispose();
  });
});

test('the event loop turns while an epoch runs, and progress grows', async () => {
  const { session, run } = await longEpoch();
  using _ = session;
  const steps: number[] = [];
  let turns = 0;
  const timer = setInterval(() => ++turns, 1);
  const controller = new AbortController();
  const epoch = run({
    signal: controller.signal,
    onProgress: (step) => {
      steps.push(step);
      if (steps.length === 5) controller.abort();
    },
  });
  await expect(epoch).rejects.toMatchObject({ code: 'ABORTED' });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(steps.length);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(new Set(steps).size).toBe(5);
});
