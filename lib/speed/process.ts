import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { ClTorchError, messageOf } from '../base/errors.js';

const WATCH_MS = 50;

/** A program that has ended. */
export interface Outcome {
  readonly stdout: string;
  /** From the start to the end of the process. */
  readonly seconds: number;
  /** Highest resident set, in bytes, as far as a look every 50 ms can tell; 0 where there is no /proc. */
  readonly peakMemoryBytes: number;
}

/**
 * Runs a program to its end.
 * @throws {ClTorchError} BENCH_FAILED when it cannot start or ends with another status than 0; ABORTED by the signal.
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  signal: AbortSignal,
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const started = performance.now();
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  let peakMemoryBytes = 0;
  const watch = setInterval(() => {
    peakMemoryBytes = Math.max(peakMemoryBytes, highWaterMark(child.pid));
  }, WATCH_MS);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  try {
    const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    const seconds = (performance.now() - started) / 1000;
    if (status !== 0) throw new Error(`it ended with status ${status}:\n${stderr.trimEnd().slice(-2000)}`);
    return { stdout, seconds, peakMemoryBytes };
  } catch (error) {
    if (signal.aborted) throw new ClTorchError('ABORTED', 'The benchmark was interrupted.', { cause: error });
    const words = [command, ...args].join(' ');
    throw new ClTorchError('BENCH_FAILED', `Cannot measure '${words}': ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    clearInterval(watch);
  }
}

/** Does the work while so many other processes each keep a CPU busy. */
export async function besideBusyProcesses<T>(count: number, work: () => Promise<T>): Promise<T> {
  const busy = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  try {
    return await work();
  } finally {
    for (const child of busy) child.kill('SIGKILL');
  }
}

function highWaterMark(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  } catch {
    return 0; // it has just ended, or this system has no /proc
  }
}
