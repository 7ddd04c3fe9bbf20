import { chmod } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, sandbox } from '../cli/command.js';
import { runModule } from '../support/child.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
  await chmod(box.folder, 0o755); // the child reads it as another user
});
afterAll(() => box[Symbol.asyncDispose]());

/**
 * In a child: `limit(more)` makes it another user's process, which may have only that many threads more than it has.
 * Everything that reads files of the package comes first.
 */
const limited = `
  const { readdirSync } = await import('node:fs');
  const { spawnSync } = await import('node:child_process');
  const { loadNative } = await import(dist + 'session/native.js');
  const { ContinualLearner, runExperiment } = await import(dist + 'index.js');
  await loadNative();
  const ownThreads = () => readdirSync('/proc/self/task').length;
  const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  function limit(more) {
    for (let same = 0, before = ownThreads(); same < 5; before = ownThreads()) {
      pause(); // the system counts a thread for some moments after its end
      same = ownThreads() === before ? same + 1 : 0;
    }
    const most = ownThreads() + more;
    spawnSync('prlimit', ['--pid', String(process.pid), '--nproc=' + most + ':' + most]);
    process.setuid(61234);
  }
  const rows = 600, features = 64;
  const task = {
    inputs: Uint8Array.from({ length: rows * features }, (_, i) => (i * i) % 251),
    labels: Int32Array.from({ length: rows }, (_, i) => i % 3),
  };
  const kept = []; // a learner that were garbage would give up its thread at any time
  async function learn(threads) {
    const learner = await ContinualLearner.create({ strategy: 'baseline', inputs: features, classes: 3, hidden: [32], device: 'cpu', threads });
    kept.push(learner);
    const { losses } = await learner.learn(task, { epochs: 2 });
    return { threads: learner.environment.threads, losses };
  }
  const print = (value) => console.log(JSON.stringify(value));
`;

// The limit does not count for root, and only root can become another user.
describe.skipIf(process.getuid?.() !== 0)(
  'when the system has no more threads to give (as root only)',
  () => {
    async function outcome(
      body: string,
      env: NodeJS.ProcessEnv = {},
    ): Promise<{ printed: unknown[]; stderr: string }> {
      const { status, signal, stdout, stderr } = await runModule(`${limited}\n${body}`, { env });
      if (status !== 0) throw new Error(`The child ended with ${status ?? signal}: ${stderr}`);
      return {
        printed: stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
        stderr,
      };
    }

    test('a learner takes those that there are, says so once, and learns what it learns with so many', async () => {
      const { printed, stderr } = await outcome(`
      const expected = await learn(1);
      limit(1);
      print([await learn(2), expected]);`);
      const [[actual, expected]] = printed as [[unknown, unknown]];
      expect(actual).toEqual(expected);
      expect(actual).toMatchObject({ threads: 1 });
      expect(stderr).toMatch(/Only 1 of 2 threads could be had: .*ulimit -u/);
      expect(stderr).not.toContain('libgomp');
    });

    test('a larger team takes some and leaves two', async () => {
      const { printed } = await outcome(`
      limit(6);
      const { threads } = await Session.open({ device: 'cpu', threads: 32 });
      print(threads);`);
      expect(printed).toEqual([4]); // six, less the training thread, less two; and the training thread itself
    });

    test('a run says so, and its environment has the real number', async () => {
      const { printed } = await outcome(`
      const input = { strategy: 'baseline', tasks: 1, epochs: 1, hidden: [8], device: 'cpu', threads: 2, dataDir: ${JSON.stringify(box.dataDir)} };
      limit(1);
      const warnings = [];
      const { environment } = await runExperiment(input, { onEvent: (event) => event.type === 'warning' && warnings.push(event.text) });
      print([environment.threads, warnings]);`);
      expect(printed).toEqual([[1, [expect.stringMatching(/^Only 1 of 2 threads could be had/)]]]);
    });

    test('where there is not even one to train on, that is the error, and the process lives', async () => {
      const { printed, stderr } = await outcome(`
      const { createTrainingGroup } = await import(dist + 'index.js');
      limit(0);
      for (const open of [() => Session.open({ device: 'cpu', threads: 1 }), () => learn(2), () => createTrainingGroup({ places: 2 })]) {
        print(await open().catch(({ name, code, message }) => ({ name, code, message })));
      }`);
      expect(printed).toEqual(
        [1, 2, 3].map(() => ({
          name: 'ClTorchError',
          code: 'THREADS_UNAVAILABLE',
          message: expect.stringMatching(/no thread to give .*ulimit -u.*pids\.max/),
        })),
      );
      expect(stderr).toBe('');
    });

    test('threads that are free again are taken by the next session', async () => {
      const { printed } = await outcome(`
      limit(5);
      const sizes = [];
      for (let i = 0; i < 3; ++i) {
        const opened = await Session.open({ device: 'cpu', threads: 5 });
        sizes.push(opened.threads);
        opened.dispose();
      }
      print(sizes);`);
      expect(printed).toEqual([[5, 5, 5]]);
    });
  },
);
