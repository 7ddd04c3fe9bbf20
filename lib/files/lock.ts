import { randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rm, rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ClTorchError, codeOf } from '../base/errors.js';
import { makeFolder } from './folder.js';
import { type Holder, knownOf, LockWatch, type Rhythm, type Sighting, sightOf } from './lock-watch.js';
import { beganAt, machine } from './process.js';
import { temporaryPath } from './temporary.js';

export interface LockOptions {
  /**
   * Called once when the wait for another process begins: that is when it is known to live, or when it has been silent
   * for five heartbeats and more time must tell. `holder` reads like `process 4711 on host-a`. What it throws ends the
   * wait.
   */
  readonly onWait?: ((holder: string) => void) | undefined;
  /** Called before `onWait`, or after it, when the other process is known to live. What it throws ends the wait. */
  readonly onAlive?: ((holder: string) => void) | undefined;
  /** Ends the wait for the lock; it does not reach into the work. */
  readonly signal?: AbortSignal | undefined;
  /** How often the holder shows that it lives, in milliseconds. Default 2000. */
  readonly heartbeatMs?: number | undefined;
  /** Silence after which the lock counts as left behind, in milliseconds. Default 60000. */
  readonly staleMs?: number | undefined;
}

/** What link answers where there are no hard links, or no more of them. */
const NO_LINKS = ['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EINVAL'];
/** How long two that want the same thing leave each other, in milliseconds. */
const PAUSE_MS = 50;

/** Gives a lock back. */
export type Release = () => Promise<void>;

/**
 * Takes the lock file `path` (its folder is made when missing), which one process holds at a time. A second process
 * waits. The lock of a process that died is taken over: at once when it ran under this boot and process namespace;
 * otherwise when it does not move while it is watched: for five heartbeats when it only ran on a host of this name or
 * has been silent for `staleMs` already, for `staleMs` else. One that names nobody has no holder.
 * @throws ABORTED when the signal ends the wait.
 */
export async function takeLock(path: string, options: LockOptions = {}): Promise<Release> {
  const place = resolve(path);
  const self: Holder = {
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    machine: machine(),
    began: beganAt(process.pid),
  };
  const rhythm = { heartbeatMs: options.heartbeatMs ?? 2_000, staleMs: options.staleMs ?? 60_000 };
  makeFolder(dirname(place));
  const file = await new Acquisition(place, self, rhythm, options).lock();
  const heartbeat = setInterval(() => {
    beat(file).catch(() => {}); // a missed beat matters only when many are missed
  }, rhythm.heartbeatMs);
  heartbeat.unref();
  return async () => {
    clearInterval(heartbeat);
    await file.close().catch(() => {});
    // Not when another process found this one silent for too long and took over.
    const found = await sightOf(place).catch(() => null);
    if (found?.holder?.token === self.token) await rm(place, { force: true });
  };
}

/** Runs `work` while this process holds the lock that {@link takeLock} takes. */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const release = await takeLock(path, options);
  try {
    return await work();
  } finally {
    await release();
  }
}

/**
 * Whether a process seems to hold the lock: false where there is none, and where its process is known to have died. Of
 * another machine's process one look cannot tell, and it counts as living.
 */
export async function seemsHeld(path: string): Promise<boolean> {
  const sighting = await sightOf(path).catch(() => undefined);
  if (sighting === undefined) return true; // something is there that cannot be looked at
  return sighting !== null && knownOf(sighting) !== 'dead';
}

/** The time is of no matter, only that it changes. Some file systems let it be set, others only by writing. */
async function beat(file: FileHandle): Promise<void> {
  const now = new Date();
  await file.utimes(now, now).catch(() => file.write('{', 0));
}

/** One process's way to a lock. */
class Acquisition {
  readonly #path: string;
  readonly #self: Holder;
  readonly #options: LockOptions;
  readonly #pauseMs: number;
  readonly #watch: LockWatch;
  readonly #guardWatch: LockWatch;
  #isTold = false;

  constructor(path: string, self: Holder, rhythm: Rhythm, options: LockOptions) {
    this.#path = path;
    this.#self = self;
    this.#options = options;
    this.#pauseMs = Math.min(rhythm.heartbeatMs / 4, 500);
    this.#watch = new LockWatch(path, rhythm);
    // Nobody writes a name into the guard; it is left behind when it stays for as long as a silent lock may.
    this.#guardWatch = new LockWatch(path, { ...rhythm, unnamedMs: rhythm.staleMs });
  }

  /** Waits until the lock is this process's; returns its open file. */
  async lock(): Promise<FileHandle> {
    for (;;) {
      const sighting = await sightOf(this.#path);
      const file = sighting === null ? await create(this.#path, this.#self) : undefined;
      if (file) return file;
      const pause = sighting === null ? PAUSE_MS : await this.#waitFor(sighting);
      await delay(pause);
      if (this.#options.signal?.aborted) {
        throw new ClTorchError('ABORTED', `The wait for the lock ${this.#path} was stopped.`);
      }
    }
  }

  /** Takes a dead holder's lock away, or tells of a living one; returns the milliseconds until the next look. */
  async #waitFor(sighting: Sighting): Promise<number> {
    const judgement = await this.#watch.judge(sighting);
    if (judgement === 'dead') return (await this.#remove(sighting)) ? 0 : PAUSE_MS;
    const { holder } = sighting;
    const name = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
    if (judgement === 'alive') this.#options.onAlive?.(name);
    if (!this.#isTold && (judgement === 'alive' || this.#watch.isLong)) {
      this.#isTold = true;
      this.#options.onWait?.(name);
    }
    return this.#pauseMs;
  }

  /** Of several waiters one removes the lock, so that none removes the lock the next holder has just made. */
  async #remove(dead: Sighting): Promise<boolean> {
    const guard = `${this.#path}.takeover`;
    try {
      await mkdir(guard);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      const sighting = await sightOf(guard);
      const isLeft = sighting !== null && (await this.#guardWatch.judge(sighting)) === 'dead';
      if (isLeft) await rmdir(guard).catch(() => {});
      return false;
    }
    try {
      if ((await sightOf(this.#path))?.mark === dead.mark) await rm(this.#path, { force: true });
      return true;
    } finally {
      await rmdir(guard).catch(() => {});
    }
  }
}

/**
 * Makes the lock file, whole from the first moment: a full disk leaves none. Undefined when another was first. It keeps
 * the file open for its heartbeats, which so never reach a lock that another process has made in its place.
 */
async function create(path: string, self: Holder): Promise<FileHandle | undefined> {
  const temporary = temporaryPath(dirname(path));
  const file = await open(temporary, 'wx');
  try {
    await file.writeFile(JSON.stringify(self));
    await link(temporary, path);
    return file;
  } catch (error) {
    await file.close();
    const code = codeOf(error) ?? '';
    if (code === 'EEXIST') return undefined;
    if (NO_LINKS.includes(code)) return await createWithoutLink(path, self);
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function createWithoutLink(path: string, self: Holder): Promise<FileHandle | undefined> {
  const file = await open(path, 'wx').catch((error: unknown) => {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  });
  try {
    await file?.writeFile(JSON.stringify(self));
    return file;
  } catch (error) {
    await file?.close();
    await rm(path, { force: true });
    throw error;
  }
}
