import { describe, expect, test } from 'vitest';
import { Session } from '../../lib/session/session.js';
import { prepare } from '../support/synthetic.js';
import { troublesOf } from '../support/troubles.js';

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

  test('a call that waits rejects it at once, and no other call', async () => {
    const { session, run } = await longEpoch();
    using _ = session;
    const running = new AbortController();
    const { started, done } = firstProgress(run, running.signal);
    const controller = new AbortController();
    const queued = run({ signal: controller.signal });
    const other = session.parameters();
    await started;
    controller.abort('enough');
    await expect(queued).rejects.toMatchObject({ code: 'ABORTED', cause: 'enough' }); // while the first still runs
    let isOver = false;
    done
      .finally(() => {
        isOver = true;
      })
      .catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isOver).toBe(false);
    running.abort();
    await expect(done).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await other).toHaveLength(6);
  });

  test('the call that runs leaves those that wait alone', async () => {
    const { session, run } = await longEpoch();
    using _ = session;
    const controller = new AbortController();
    const { started, done } = firstProgress(run, controller.signal);
    const waiting = [session.parameters(), session.parameters()];
    await started;
    controller.abort();
    await expect(done).rejects.toMatchObject({ code: 'ABORTED' });
    for (const call of waiting) expect(await call).toHaveLength(6);
  });

  test('many calls by one signal draws no warning', async () => {
    const { session, run } = await longEpoch();
    using _ = session;
    const controller = new AbortController();
    const found = await troublesOf(async () => {
      const calls = Array.from({ length: 30 }, () => run({ signal: controller.signal }));
      controller.abort();
      for (const call of await Promise.allSettled(calls)) {
        expect(call).toMatchObject({ status: 'rejected', reason: { code: 'ABORTED' } });
      }
    });
    expect(found).toEqual([]);
  });

  test('by a progress callback whose promise rejects, which the epoch then rejects with', async () => {
    const { session, run } = await longEpoch();
    using _ = session;
    const other = session.parameters();
    const found = await troublesOf(async () => {
      const failing = run({
        onProgress: async () => {
          throw new RangeError('from the callback');
        },
      });
      await expect(failing).rejects.toThrow(new RangeError('from the callback'));
    });
    expect(found).toEqual([]);
    await expect(other).resolves.toHaveLength(6);
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

test('`await using` waits for the calls that were made, then disposes', async () => {
  const opened = async () => {
    await using session = await Session.open({ device: 'cpu', threads: 1 });
    const view = await prepare(session);
    return { session, epoch: session.trainEpoch({ views: [view], batchSize: 16 }) };
  };
  const { session, epoch } = await opened();
  expect((await epoch).losses).toHaveLength(32);
  await expect(session.parameters()).rejects.toMatchObject({ code: 'DISPOSED' });
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
