import { expect, test } from 'vitest';
import { prelude, runModule } from '../support/child.js';
import { IS_SLOW } from '../support/fuzz.js';

const quiet = { signal: null, stderr: '' };

test('a finished session keeps no process alive', async () => {
  const outcome = await runModule(`
    const { session: s, view } = await session();
    await s.trainEpoch({ views: [view], batchSize: 4096 });
    console.log('done');`);
  expect(outcome).toEqual({ ...quiet, status: 0, stdout: 'done\n' });
});

test('a running epoch keeps the process alive until it ends', async () => {
  const outcome = await runModule(`
    const { session: s, view } = await session();
    s.trainEpoch({ views: [view], batchSize: 64 }).then(({ losses }) => console.log(losses.length));`);
  expect(outcome).toEqual({ ...quiet, status: 0, stdout: '313\n' });
});

/** Four at once: the end of the process races with the training thread. `npm run test:slow` tries it more often. */
const EXITS = IS_SLOW ? 20 : 2;

test('process.exit during training', { timeout: 300_000 }, async () => {
  for (let round = 0; round < EXITS; ++round) {
    const outcomes = await Promise.all(
      [1, 1, 2, 2].map((threads) =>
        runModule(`
          const { busy } = await session(${threads});
          busy().catch(() => {});
          await later(50 + 50 * Math.random());
          process.exit(7);`),
      ),
    );
    expect(outcomes).toEqual(outcomes.map(() => ({ ...quiet, status: 7, stdout: '' })));
  }
});

test('an uncaught exception during training', async () => {
  const outcome = await runModule(`
    const { busy } = await session();
    busy().catch(() => {});
    await later(100);
    throw new Error('on purpose');`);
  expect(outcome.status).toBe(1);
  expect(outcome.signal).toBeNull();
  expect(outcome.stderr).toContain('Error: on purpose');
});

test('an unhandled rejection of the epoch itself', async () => {
  const outcome = await runModule(`
    const { session: s, busy } = await session();
    busy();
    await later(100);
    s.dispose();`);
  expect(outcome.status).toBe(1);
  expect(outcome.signal).toBeNull();
  expect(outcome.stderr).toContain("code: 'ABORTED'");
});

test('worker.terminate() during training, five times', async () => {
  const outcome = await runModule(`
    const { Worker } = await import('node:worker_threads');
    const code = ${JSON.stringify(`${prelude}
      const { parentPort } = await import('node:worker_threads');
      const { busy } = await session(2);
      busy({ onProgress: () => parentPort.postMessage('training') });`)};
    for (let i = 0; i < 5; ++i) {
      const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(code)));
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      await worker.terminate();
    }
    console.log('survived');`);
  expect(outcome).toEqual({ ...quiet, status: 0, stdout: 'survived\n' });
});

test('the main thread and four workers train at once', async () => {
  const outcome = await runModule(`
    const { Worker } = await import('node:worker_threads');
    const code = ${JSON.stringify(`${prelude}
      const { parentPort } = await import('node:worker_threads');
      const { session: s, view } = await session();
      const { losses } = await s.trainEpoch({ views: [view], batchSize: 64 });
      parentPort.postMessage(losses.at(-1));`)};
    const workers = Array.from({ length: 4 }, () => new Worker(new URL('data:text/javascript,' + encodeURIComponent(code))));
    const results = workers.map((worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)));
    const { session: s, view } = await session();
    const own = await s.trainEpoch({ views: [view], batchSize: 64 });
    const all = [own.losses.at(-1), ...(await Promise.all(results))];
    console.log(new Set(all).size, all.every(Number.isFinite));`);
  expect(outcome).toEqual({ ...quiet, status: 0, stdout: '1 true\n' });
});

test('dropped sessions give their memory back', async () => {
  const outcome = await runModule(
    `
    const bytes = 40e6, features = 1000, rows = bytes / features;
    let peak = 0;
    for (let i = 0; i < 60; ++i) {
      const s = await Session.open({ device: 'cpu', threads: 1 });
      await s.loadDataset({ images: new Uint8Array(bytes), labels: new Uint8Array(rows), features });
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    console.log(Math.round(peak / 1e6));`,
  );
  expect(outcome).toMatchObject({ ...quiet, status: 0 });
  expect(Number(outcome.stdout)).toBeLessThan(1200); // all 60 together hold 2400 MB and more
});
