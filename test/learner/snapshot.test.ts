import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ContinualLearner } from '../../lib/learner/learner.js';
import type { LearnerSnapshot } from '../../lib/learner/snapshot.js';
import { baseline, features, negative, rehearsing, small, task } from '../support/learner.js';

const answers = async (asked: ContinualLearner | LearnerSnapshot): Promise<unknown> => [
  await asked.predict(task()),
  await asked.evaluate([task(), negative(task())]),
  asked.tasks,
  asked.classes,
];

/** A source that gives its one piece when it is told to. */
function held(data: ReturnType<typeof task>): { source: AsyncIterable<typeof data>; release: () => void } {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const source = async function* (): AsyncGenerator<typeof data> {
    await released;
    yield data;
  };
  return { source: source(), release };
}

describe('a snapshot', () => {
  test('answers with what was known before while the learner learns, then with what it has learnt', async () => {
    await using learner = await rehearsing();
    await learner.learn(task());
    await using snapshot = await learner.snapshot();
    const before = await answers(learner);
    const { source, release } = held(negative(task(120, 5))); // the last layer grows
    const learning = learner.learn(source);
    expect(await answers(snapshot)).toEqual(before); // it waits for the answer to go on
    release();
    await learning;
    const after = await answers(learner);
    expect(after).not.toEqual(before);
    expect(await answers(snapshot)).toEqual(after);
    expect([snapshot.tasks, snapshot.classes]).toEqual([2, 5]);
  });

  test('is made while a task is learnt, of what was known before it', async () => {
    await using learner = await baseline();
    await learner.learn(task());
    const before = await answers(learner);
    const { source, release } = held(negative(task()));
    const learning = learner.learn(source);
    await using early = await learner.snapshot();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await using late = await learner.snapshot();
    expect(await Promise.all([answers(early), answers(late)])).toEqual([before, before]);
    release();
    await learning;
    const after = await answers(learner);
    expect(await Promise.all([answers(early), answers(late)])).toEqual([after, after]);
  });

  test('is right when it is made at any moment of a task', async () => {
    await using learner = await baseline();
    const snapshots: Promise<LearnerSnapshot>[] = [];
    const onEvent = (): void => {
      if (snapshots.length < 10) snapshots.push(learner.snapshot());
    };
    await learner.learn(task(), { epochs: 10, onEvent });
    const expected = await answers(learner);
    expect(snapshots).toHaveLength(10);
    for (const snapshot of await Promise.all(snapshots)) {
      expect(await answers(snapshot)).toEqual(expected);
      snapshot.dispose();
    }
  });

  test('stays as it is where it does not follow, and when learning fails', async () => {
    await using learner = await baseline();
    await using frozen = await learner.snapshot({ follow: false });
    await using following = await learner.snapshot();
    const before = await answers(frozen);
    const onEvent = (): void => {
      throw new RangeError('mine');
    };
    await expect(learner.learn(task(), { onEvent })).rejects.toThrow('mine');
    expect(await answers(following)).toEqual(before);
    await learner.learn(task());
    expect(await answers(following)).toEqual(await answers(learner));
    expect(await answers(frozen)).toEqual(before);
  });

  test('gives a call that has begun what it began with, whole', async () => {
    await using learner = await baseline();
    await using snapshot = await learner.snapshot();
    const expected = await snapshot.evaluate([task(), task()]);
    const { source, release } = held(task());
    const slow = async function* () {
      yield task();
      yield* source;
    };
    const begun = snapshot.evaluate(slow());
    await learner.learn(task(), { epochs: 10 });
    expect((await snapshot.evaluate(task())).loss).not.toBeCloseTo(expected.loss, 3);
    release();
    expect(await begun).toEqual(expected);
  });

  test('is let go of by itself; the learner’s end leaves it as it is', async () => {
    const learner = await baseline();
    const [first, second] = [await learner.snapshot(), await learner.snapshot()];
    const hanging = first.evaluate(held(task()).source);
    first.dispose();
    first.dispose();
    const DISPOSED = { code: 'DISPOSED', message: 'The snapshot was disposed. Make a new one.' };
    await expect(hanging).rejects.toMatchObject(DISPOSED);
    await expect(first.predict(task())).rejects.toMatchObject(DISPOSED);
    await learner.learn(task());
    expect(second.tasks).toBe(1);
    learner.dispose();
    expect((await second.predict(task())).labels).toHaveLength(120);
    await expect(learner.snapshot()).rejects.toMatchObject({ code: 'DISPOSED' });
    await second[Symbol.asyncDispose]();
    await expect(second.predict(task())).rejects.toMatchObject(DISPOSED);
  });

  test('that is not asked by its signal is not made', async () => {
    await using learner = await baseline();
    await expect(learner.snapshot({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

describe('a label that would make the network too large', () => {
  const labelled = (label: number) => ({ inputs: new Uint8Array(2 * features), labels: [0, label] });

  test('is refused before any work, with how to allow it', async () => {
    await using learner = await baseline();
    const [error] = await Promise.allSettled([learner.learn(labelled(65_535))]);
    expect(error).toMatchObject({ reason: { code: 'INVALID_ARGUMENT' } });
    expect(String((error as PromiseRejectedResult).reason.message)).toMatch(
      /labels\[1\] is 65535: .* 65536 outputs .* at most 10000 \(maxClasses\)/,
    );
    expect(learner.classes).toBe(3);
    expect((await learner.learn(labelled(9_999), { epochs: 1 })).classes).toBe(10_000);
  });

  test('is one from maxClasses on, also in a later piece and as a byte', async () => {
    await using learner = await ContinualLearner.create({ strategy: 'baseline', ...small, maxClasses: 5 });
    const pieces = [labelled(4), { ...labelled(5), labels: Uint8Array.of(0, 5) }];
    await expect(learner.learn(pieces)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((await learner.learn(labelled(4), { epochs: 1 })).classes).toBe(5);
  });

  test('that has been learnt leaves no room for a lower maxClasses when the learner is loaded', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cl-torch-classes-'));
    const path = join(folder, 'learner');
    await using learner = await baseline();
    await learner.learn(labelled(6), { epochs: 1 });
    await learner.save(path);
    await expect(ContinualLearner.load(path, { maxClasses: 6 })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('at least as many as the learner tells apart, 7, found 6'),
    });
    await using loaded = await ContinualLearner.load(path, { maxClasses: 7 });
    expect([loaded.classes, loaded.config.maxClasses]).toEqual([7, 7]);
    await rm(folder, { recursive: true });
  });

  test('may be allowed; there is room for the classes asked for at first', async () => {
    const input = { strategy: 'baseline', ...small, hidden: [1] } as const;
    await using wide = await ContinualLearner.create({ ...input, maxClasses: 65_536 });
    expect((await wide.learn(labelled(65_535), { epochs: 1 })).classes).toBe(65_536);
    await using many = await ContinualLearner.create({ ...input, classes: 20_000 });
    expect(many.config.maxClasses).toBe(20_000);
    await expect(ContinualLearner.create({ ...input, maxClasses: 2 })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('maxClasses: expected at least as many as classes, 3, found 2'),
    });
  });
});
