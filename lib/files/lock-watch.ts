import { lstat, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { codeOf } from '../base/errors.js';
import { isRunning, machine } from './process.js';
import { diskClock } from './temporary.js';

/** Who holds a lock; the text of its file. */
export interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  /** Boot and process namespace: where they are the same, the process table tells for certain who lives. */
  readonly machine?: string | undefined;
  /** When the process began, in ticks since the boot: a later process may have its id. */
  readonly began?: string | undefined;
}

/** A lock as it was found. */
export interface Sighting {
  /** Null when the file tells of none, or cannot be read. */
  readonly holder: Holder | null;
  /** Whether the file was read and tells of none: its maker was stopped before it could, by a crash or a full disk. */
  readonly isUnnamed: boolean;
  readonly modifiedMs: number;
  /** Another text when it is another lock, or the holder has shown that it lives. */
  readonly mark: string;
}

export type Judgement = 'alive' | 'dead' | 'unknown';

export interface Rhythm {
  /** How often the holder shows that it lives. */
  readonly heartbeatMs: number;
  /** Silence after which the lock counts as left behind. */
  readonly staleMs: number;
  /** Age of a lock without a name after which it counts as left behind. Default: five heartbeats. */
  readonly unnamedMs?: number;
}

/** Missed heartbeats that tell, where something else speaks for a death as well. */
const MISSED = 5;

/** The lock; null when there is none. */
export async function sightOf(path: string): Promise<Sighting | null> {
  try {
    const text = await readFile(path, 'utf8').catch(unlessGone); // read first: over a network it brings new times
    const { ino, mtimeMs } = await lstat(path);
    const holder = holderIn(text ?? '');
    const isUnnamed = text !== undefined && holder === null;
    return { holder, isUnnamed, modifiedMs: mtimeMs, mark: `${ino} ${mtimeMs} ${text}` };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** What cannot be read, such as another user's file, can still be watched. A folder has no text. */
function unlessGone(error: unknown): string | undefined {
  if (codeOf(error) === 'ENOENT') throw error;
  return codeOf(error) === 'EISDIR' ? '' : undefined;
}

function holderIn(text: string): Holder | null {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    const { token, pid } = value ?? {};
    return typeof token === 'string' && typeof pid === 'number' && pid > 0 ? (value as Holder) : null;
  } catch {
    return null;
  }
}

/**
 * Judges whether a lock's holder lives: by the process table where that is the same, else by whether the lock moves
 * while it is watched. No clock of another host's is trusted.
 */
export class LockWatch {
  readonly #path: string;
  readonly #rhythm: Rhythm;
  #last: Sighting | undefined;
  #hasMoved = false;
  /** Milliseconds in which it was looked at again and again and did not move. */
  #watchedMs = 0;
  #lookedAt = 0;
  /** What the disk's clock said of its age when it was first seen. */
  #firstAgeMs = 0;

  constructor(path: string, rhythm: Rhythm) {
    this.#path = path;
    this.#rhythm = rhythm;
  }

  /** Whether it has been watched for long enough that a living holder would most likely have been noticed. */
  get isLong(): boolean {
    return this.#watchedMs >= MISSED * this.#rhythm.heartbeatMs;
  }

  async judge(sighting: Sighting): Promise<Judgement> {
    const known = knownOf(sighting);
    if (known !== 'unknown') return known;
    await this.#look(sighting);
    if (this.#isSilent(sighting)) return 'dead';
    return this.#hasMoved ? 'alive' : 'unknown';
  }

  async #look(sighting: Sighting): Promise<void> {
    const now = performance.now();
    const isSame = this.#last !== undefined && identityOf(this.#last) === identityOf(sighting);
    if (!isSame) {
      this.#hasMoved = false;
      this.#firstAgeMs = Math.abs((await diskClock(dirname(this.#path))) - sighting.modifiedMs);
    } else if (this.#last?.mark !== sighting.mark) {
      this.#hasMoved = true;
      this.#firstAgeMs = 0;
    }
    // A disk that did not answer for a while, or a machine that slept, has seen nothing of that time.
    const watched = Math.min(now - this.#lookedAt, this.#rhythm.heartbeatMs);
    this.#watchedMs = isSame && this.#last?.mark === sighting.mark ? this.#watchedMs + watched : 0;
    this.#lookedAt = now;
    this.#last = sighting;
  }

  #isSilent({ holder, isUnnamed }: Sighting): boolean {
    const { heartbeatMs, staleMs, unnamedMs = MISSED * heartbeatMs } = this.#rhythm;
    const silentMs = this.#firstAgeMs + this.#watchedMs;
    if (isUnnamed) return silentMs > unnamedMs; // whoever makes a lock writes its name at once, or not at all
    return this.isLong && (silentMs > staleMs || (holder !== null && isGoneFromHere(holder)));
  }
}

/** What the process table tells of a lock's holder, where it is this machine's: nothing is watched or written. */
export function knownOf({ holder }: Sighting): Judgement {
  if (holder?.machine === undefined || holder.machine !== machine()) return 'unknown';
  return isRunning(holder.pid, holder.began) ? 'alive' : 'dead'; // however long it has been stopped
}

/** It ran on a host of this name, and no longer does: in an earlier boot or container, or as a process that ended. */
function isGoneFromHere({ host, pid, machine: then }: Holder): boolean {
  if (host !== hostname()) return false;
  return (then !== undefined && machine() !== undefined) || !isRunning(pid);
}

/** What stays the same while one holder has the lock: its name, or where that cannot be read the file. */
function identityOf({ holder, mark }: Sighting): string {
  return holder?.token ?? `file ${mark.split(' ', 1)}`;
}
