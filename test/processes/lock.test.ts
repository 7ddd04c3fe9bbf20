import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { withLock } from '../../lib/files/lock.js';
import { temporaryFolder } from '../support/libtorch.js';
import { isRoot, NOBODY, runAs } from '../support/user.js';

const quick = { heartbeatMs: 20, staleMs: 1_000 };

/** A lock file whose holder gave its last sign of life `ageMs` ago. */
function leftBehind(holder: object, ageMs: number): string {
  const path = join(temporaryFolder(), 'lock');
  writeFileSync(path, JSON.stringify(holder));
  const then = new Date(Date.now() - ageMs);
  utimesSync(path, then, then);
  return path;
}

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

test('the work of many callers never overlaps, and the lock is gone afterwards', async () => {
  const path = join(temporaryFolder(), 'deep/lock');
  let inside = 0;
  const done: number[] = [];
  const work = async (number: number): Promise<void> => {
    inside += 1;
    expect(inside).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 10));
    inside -= 1;
    done.push(number);
  };
  await Promise.all([0, 1, 2, 3, 4].map((number) => withLock(path, () => work(number), quick)));
  expect(done.sort()).toEqual([0, 1, 2, 3, 4]);
  expect(existsSync(path)).toBe(false);
});

test('the lock is given back when the work throws', async () => {
  const path = join(temporaryFolder(), 'lock');
  await expect(withLock(path, () => Promise.reject(new Error('broken')), quick)).rejects.toThrow('broken');
  expect(await withLock(path, async () => 'next', quick)).toBe('next');
});

test('the lock of a process of this host that died is taken over, by one of many waiters at a time', async () => {
  const path = leftBehind({ token: 'x', pid: deadPid(), host: hostname() }, 500);
  let inside = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    expect(inside).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    inside -= 1;
  };
  await Promise.all([0, 1, 2, 3].map(() => withLock(path, work, quick)));
  expect(existsSync(path)).toBe(false);
});

test('the lock of another host is taken over only when it has been silent for long', async () => {
  const holder = { token: 'x', pid: deadPid(), host: 'another-host' };
  const silent = leftBehind(holder, 1_500);
  expect(await withLock(silent, async () => 'mine', quick)).toBe('mine');

  const fresh = leftBehind(holder, 500);
  const controller = new AbortController();
  const holders: string[] = [];
  const onWait = (text: string): void => {
    holders.push(text);
    controller.abort();
  };
  const attempt = withLock(fresh, async () => 'mine', {
    ...quick,
    staleMs: 1e9,
    signal: controller.signal,
    onWait,
  });
  await expect(attempt).rejects.toMatchObject({ code: 'ABORTED' });
  expect(holders).toEqual([`process ${holder.pid} on another-host`]);
  expect(JSON.parse(readFileSync(fresh, 'utf8'))).toEqual(holder);
});

test('a holder that works for long keeps the lock', async () => {
  const path = join(temporaryFolder(), 'lock');
  const order: string[] = [];
  const first = withLock(
    path,
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      order.push('first');
    },
    { heartbeatMs: 20, staleMs: 1_000 },
  );
  await new Promise((resolve) => setTimeout(resolve, 30));
  const second = withLock(path, async () => void order.push('second'), { heartbeatMs: 20, staleMs: 1_000 });
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
});

/** The lock file as a process leaves it that is killed while it works. */
async function heldBy(path: string): Promise<ChildProcess> {
  const module = new URL('../../dist/files/lock.js', import.meta.url).href;
  const child = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `const { withLock } = await import(${JSON.stringify(module)});
     await withLock(${JSON.stringify(path)}, async () => {
       console.log('held');
       await new Promise(() => setInterval(() => {}, 1000));
     });`,
  ]);
  await once(child.stdout, 'data');
  return child;
}

test('the lock of a killed process of this machine is taken over at once, however fresh it is', async () => {
  const path = join(temporaryFolder(), 'lock');
  const child = await heldBy(path);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const start = performance.now();
  expect(await withLock(path, async () => 'mine')).toBe('mine');
  expect(performance.now() - start).toBeLessThan(1_500); // the heartbeat is 2 s, five missed ones are 10 s
});

test('a stopped process of this machine keeps the lock, however silent it is', async () => {
  const path = join(temporaryFolder(), 'lock');
  const child = await heldBy(path);
  child.kill('SIGSTOP');
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(path, longAgo, longAgo);
  const refuse = (holder: string): never => {
    throw new Error(`held by ${holder}`);
  };
  await expect(withLock(path, async () => 'mine', { ...quick, onWait: refuse })).rejects.toThrow(
    `held by process ${child.pid} on ${hostname()}`,
  );
  child.kill('SIGKILL');
});

test('a process that has a dead holder’s id is not mistaken for it', async () => {
  const path = join(temporaryFolder(), 'lock');
  const child = await heldBy(path);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const holder = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...holder, pid: process.pid })); // this process began later
  expect(await withLock(path, async () => 'mine', { ...quick, staleMs: 1e9 })).toBe('mine');
});

describe('of a host whose clock goes differently,', () => {
  const elsewhere = { token: 'x', pid: 1, host: 'another-host', machine: 'another boot' };

  test('a living lock is kept, however far behind the clock is, and taken over when it no longer moves', async () => {
    const path = leftBehind(elsewhere, 70_000);
    const beat = setInterval(() => {
      const theirs = new Date(Date.now() - 70_000);
      utimesSync(path, theirs, theirs);
    }, 20);
    onTestFinished(() => clearInterval(beat));
    const alive: string[] = [];
    const onAlive = (holder: string): void => void alive.push(holder);
    let taken = false;
    const attempt = withLock(
      path,
      async () => {
        taken = true;
      },
      { ...quick, onAlive },
    );
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect({ taken, holders: [...new Set(alive)] }).toEqual({
      taken: false,
      holders: ['process 1 on another-host'],
    });
    clearInterval(beat);
    await attempt;
    expect(taken).toBe(true);
  });

  test('a living lock that this user may not even read is kept', async ({ skip }) => {
    if (!isRoot) skip('only root can be two users');
    const path = leftBehind(elsewhere, 70_000);
    chmodSync(path, 0o600);
    chmodSync(dirname(path), 0o777);
    const beat = setInterval(() => {
      const theirs = new Date(Date.now() - 70_000);
      utimesSync(path, theirs, theirs);
    }, 20);
    onTestFinished(() => clearInterval(beat));
    const body = `await withLock(${JSON.stringify(path)}, async () => console.log('taken'), {
      heartbeatMs: 200, staleMs: 1000, onAlive: (holder) => { throw new Error('held by ' + holder); },
    }).catch(({ message }) => console.log(message));`;
    const { stdout } = await runAs(NOBODY, { withLock: 'files/lock.js' }, body);
    expect(stdout).toBe('held by another process\n');
  });

  test('a dead lock is taken over, however far ahead the clock was', async () => {
    const path = leftBehind(elsewhere, -3_600_000);
    const refuse = (holder: string): never => {
      throw new Error(`held by ${holder}`);
    };
    const options = { ...quick, staleMs: 60_000, onAlive: refuse };
    expect(await withLock(path, async () => 'mine', options)).toBe('mine');
  });

  test('a dead lock is taken over by one of many waiters at a time', async () => {
    const path = leftBehind(elsewhere, 5_000);
    let inside = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withLock(path, work, quick)));
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});

test.each([
  ['empty', ''],
  ['half written', '{"token":"x","pid'],
  ['null', 'null'],
  ['of something else', '[]'],
  ['of no process', '{"token":"x","pid":-1,"host":"a"}'],
])('a lock file that is %s, as a crash or a full disk leaves one, holds nobody up', async (_, text) => {
  const path = join(temporaryFolder(), 'lock');
  writeFileSync(path, text);
  const refuse = (holder: string): never => {
    throw new Error(`held by ${holder}`);
  };
  const options = { heartbeatMs: 20, staleMs: 1e9, onAlive: refuse };
  expect(await withLock(path, async () => 'mine', options)).toBe('mine');
});

test('the lock of another user’s process is kept where /proc hides it', async ({ skip }) => {
  if (!isRoot) skip('only root can be two users');
  const path = join(temporaryFolder(), 'lock');
  chmodSync(dirname(path), 0o777);
  const script = `mount -o remount,hidepid=2 /proc 2> /dev/null || mount -t proc -o hidepid=2 proc /proc || exit 77
    exec "$@"`;
  const child = await heldBy(path);
  const body = `await withLock(${JSON.stringify(path)}, async () => console.log('taken'), {
    onAlive: (holder) => { throw new Error('held by ' + holder); },
  }).catch(({ message }) => console.log(message));`;
  try {
    const { stdout, status } = await runAs(NOBODY, { withLock: 'files/lock.js' }, body, {
      wrapper: ['unshare', '--mount', 'bash', '-c', script, 'bash'],
    });
    if (status === 77) skip('/proc cannot be mounted anew here');
    expect(stdout).toBe(`held by process ${child.pid} on ${hostname()}\n`);
  } finally {
    child.kill('SIGKILL');
  }
});
