import { readFileSync } from 'node:fs';

/**
 * Asks a process and all that it has started to end. A signal to the first alone would leave, of a build, the compilers at
 * work. Of one that could not be started there is no id.
 */
export function endTree(pid: number | undefined): void {
  if (pid === undefined) return;
  for (const each of [pid, ...descendantsOf(pid)]) {
    try {
      process.kill(each, 'SIGTERM');
    } catch {
      // it has just ended
    }
  }
}

function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** None where the system does not tell. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
