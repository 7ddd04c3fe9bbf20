import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { codeOf } from '../base/errors.js';

let found: { readonly id: string | undefined } | undefined;

/**
 * This boot of this machine and the process namespace in it: processes that have the same one share a process table.
 * Undefined where there is no such /proc.
 */
export function machine(): string | undefined {
  found ??= { id: readMachine() };
  return found.id;
}

function readMachine(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** {@link machine} in eight characters, for the name of a file. */
export function machineTag(): string {
  const id = machine();
  return id === undefined ? 'unknown0' : createHash('sha256').update(id).digest('hex').slice(0, 8);
}

/** When a process of this machine began, in ticks since the boot; undefined where /proc does not tell. */
export function beganAt(pid: number): string | undefined {
  return processStatus(pid)?.began;
}

/**
 * Whether a process of this machine lives. Another user's process may be hidden in /proc; a signal tells of it all the
 * same. One that is dead and not yet reaped does not live.
 *
 * @param began - What {@link beganAt} said of it: a later process may have its id.
 */
export function isRunning(pid: number, began?: string | undefined): boolean {
  if (!takesSignals(pid)) return false;
  const status = processStatus(pid);
  if (status === undefined) return true;
  return !status.isDead && (began === undefined || began === status.began);
}

function takesSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM'; // it lives, but is another user's
  }
}

function processStatus(pid: number): { readonly isDead: boolean; readonly began: string } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' '); // the name before may hold anything
    const [state, began] = [fields[0], fields[19]];
    return began === undefined ? undefined : { isDead: state === 'Z' || state === 'X', began };
  } catch {
    return undefined;
  }
}
