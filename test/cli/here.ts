import { vi } from 'vitest';
import { runCommandLine } from '../../lib/cli/main.js';
import type { ChildOutcome } from '../support/child.js';
import { binary } from './command.js';

/** The command line in this process, for help and refusals: what comes before any work. */
export async function clTorchHere(args: readonly string[]): Promise<ChildOutcome> {
  const said = { stdout: '', stderr: '' };
  const restored = (['stdout', 'stderr'] as const).map((name) => {
    const listeners = process[name].listeners('error');
    const spy = vi.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += String(text);
      return true;
    });
    return () => {
      spy.mockRestore();
      process[name].removeAllListeners('error');
      for (const listener of listeners) process[name].on('error', listener as () => void);
    };
  });
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await runCommandLine([process.execPath, binary, ...args]);
    return { status: Number(process.exitCode ?? 0), signal: null, ...said };
  } finally {
    process.exitCode = before;
    for (const restore of restored) restore();
  }
}
