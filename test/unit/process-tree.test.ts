import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { endTree } from '../../lib/base/process-tree.js';
import { outcomeOf } from '../support/child.js';

test('a build that is stopped leaves no compiler at work', async () => {
  // As cmake-js starts cmake, and that the compiler: each waits for the next, which keeps the pipe open.
  const child = spawn('sh', ['-c', "sh -c 'sleep 300 & echo started; wait; true'; true"]);
  const ended = outcomeOf(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  endTree(child.pid);
  expect(await ended).toMatchObject({ status: null, signal: 'SIGTERM', stdout: 'started\n' });
});

test('one that is over already is none to end', async () => {
  const child = spawn('true');
  await outcomeOf(child);
  expect(() => endTree(child.pid)).not.toThrow();
});
