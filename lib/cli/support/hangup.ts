import { fstatSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';

/** SIGHUP's bit in the masks of /proc/PID/status. */
const SIGHUP_BIT = 1n;
/** The two bits of a descriptor's flags that say how it may be used, and their value for writing alone. */
const ACCESS_MODE = 0o3;
const WRITE_ONLY = 0o1;

/**
 * Whether this process was started to outlive its terminal, as by `nohup`. A C program would see that SIGHUP is ignored;
 * Node resets that before any JavaScript runs. What nohup leaves to be seen, also through npx:
 * - its name in `_`, where bash and zsh put the command they start;
 * - a standard input that was a terminal and can only be written now;
 * - a shell above that ignores the signal itself, as after `trap '' HUP`;
 * - input and outputs that are all files: what nohup, or a careful person, has redirected.
 */
export function outlivesTerminal(): boolean {
  return (
    basename(process.env._ ?? '') === 'nohup' || hasClosedInput() || parentIgnoresHangup() || usesFilesOnly()
  );
}

function hasClosedInput(): boolean {
  const [, flags = '0'] = /^flags:\s+([0-7]+)$/m.exec(textOf('/proc/self/fdinfo/0')) ?? [];
  return (Number.parseInt(flags, 8) & ACCESS_MODE) === WRITE_ONLY;
}

function parentIgnoresHangup(): boolean {
  const [, ignored = '0'] = /^SigIgn:\s+([0-9a-f]+)$/m.exec(textOf(`/proc/${process.ppid}/status`)) ?? [];
  return (BigInt(`0x${ignored}`) & SIGHUP_BIT) !== 0n;
}

function usesFilesOnly(): boolean {
  return [0, 1, 2].every((descriptor) => {
    try {
      const file = fstatSync(descriptor);
      return file.isFile() || file.rdev === statSync('/dev/null').rdev;
    } catch {
      return true; // closed
    }
  });
}

/** Empty where there is no such file. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
