import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readlink, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ClTorchError, codeOf } from './errors.js';

export interface LockOptions {
  /**
   * Called once when another process holds the lock; `holder` reads like `process 4711 on host-a`. What it throws ends
   * the wait.
   */
  readonly onWait?: ((holder: string) => void) | undefined;
  /** Ends the wait for the lock; it does not reach into the work. */
  readonly signal?: AbortSignal | undefined;
  /** How often the holder shows that it lives, in milliseconds. Default 2000. */
  readonly heartbeatMs?: number | undefined;
  /** Age of the last sign of life after which the lock counts as left behind, in milliseconds. Default 60000. */
  readonly staleMs?: number | undefined;
}

interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  /** Boot and process namespace: where they are the same, the process table tells for certain who lives. */
  readonly machine?: string | undefined;
  /** When the process began, in ticks since the boot: a later process may have its id. */
  readonly began?: string | undefined;
}

/**
 * Runs `work` while this process alone holds the lock file `path` (its folder is made when missing). A second
 * process waits. The lock of a process that died is taken over: at once when it ran under this boot and process
 * namespace, after five missed heartbeats when it only ran on a host of this name, after `staleMs` otherwise.
 * @throws ABORTED when the signal ends the wait; whatever `work` throws.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const heartbeatMs = options.heartbeatMs ?? 2_000;
  const self = await thisProcess();
  await mkdir(dirname(path), { recursive: true });
  await acquire(path, self, heartbeatMs, options);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {}); // a missed beat matters only when many are missed
  }, heartbeatMs);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    // Not when another process found this one silent for too long and took over.
    if ((await readHolder(path))?.token === self.token) await rm(path, { force: true });
  }
}

async function thisProcess(): Promise<Holder> {
  return {
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    machine: await machine(),
    began: await beganAt(process.pid),
  };
}

/** undefined where there is no such /proc. */
async function machine(): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()} ${await readlink('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** undefined for a process that is gone, or dead and not yet reaped. */
async function beganAt(pid: number): Promise<string | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' '); // the name before may hold anything
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

async function acquire(path: string, self: Holder, heartbeatMs: number, options: LockOptions): Promise<void> {
  const staleMs = options.staleMs ?? 60_000;
  let told = false;
  while (!(await create(path, self))) {
    if (await isStale(path, heartbeatMs, staleMs)) {
      await removeStale(path, heartbeatMs, staleMs);
      continue;
    }
    if (!told) {
      const holder = await readHolder(path);
      options.onWait?.(holder ? `process ${holder.pid} on ${holder.host}` : 'another process');
      told = true;
    }
    await delay(Math.min(heartbeatMs / 4, 500));
    if (options.signal?.aborted) {
      throw new ClTorchError('ABORTED', `The wait for the lock ${path} was stopped.`);
    }
  }
}

async function create(path: string, self: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(self), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return null; // gone, or its maker has not written it yet
  }
}

async function isStale(path: string, heartbeatMs: number, staleMs: number): Promise<boolean> {
  const age = await ageOf(path);
  if (age === null) return false;
  const holder = await readHolder(path);
  if (holder?.machine !== undefined && holder.machine === (await machine())) {
    return (await beganAt(holder.pid)) !== holder.began; // however long it has been stopped
  }
  if (age > staleMs) return true;
  return holder !== null && holder.host === hostname() && age > 5 * heartbeatMs && !isAlive(holder.pid);
}

async function ageOf(path: string): Promise<number | null> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM'; // it lives, but is another user's
  }
}

/** Of several waiters one removes the lock, so that none removes the lock the next holder has just made. */
async function removeStale(path: string, heartbeatMs: number, staleMs: number): Promise<void> {
  const guard = `${path}.takeover`;
  try {
    await mkdir(guard);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const age = await ageOf(guard);
    if (age !== null && age > staleMs) await rmdir(guard).catch(() => {});
    await delay(50);
    return;
  }
  try {
    if (await isStale(path, heartbeatMs, staleMs)) await rm(path, { force: true });
  } finally {
    await rmdir(guard).catch(() => {});
  }
}
