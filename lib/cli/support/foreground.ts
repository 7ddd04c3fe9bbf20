import { readFileSync } from 'node:fs';

/**
 * Whether this process is among those that its terminal listens to. One that was started with `&`, or sent there by `bg`,
 * must leave the screen to the shell. True where the system does not tell.
 */
export function isInForeground(): boolean {
  try {
    const status = readFileSync('/proc/self/stat', 'utf8');
    // After the name, which may hold anything: state, parent, process group, session, terminal, its foreground group.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    const foreground = Number(fields[5]);
    return !(foreground > 0) || foreground === Number(fields[2]);
  } catch {
    return true;
  }
}
