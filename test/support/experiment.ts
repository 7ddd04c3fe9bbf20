import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ExperimentInput } from '../../lib/config/types.js';
import type { Environment } from '../../lib/runs/types.js';
import { outcomeOf } from './child.js';

export interface Trace {
  readonly environment: Environment;
  readonly accuracy: number[][];
  /** Of every step, in order. */
  readonly losses: number[];
}

/** Runs an experiment in a process of its own, with the environment variables given. */
export async function traceExperiment(config: ExperimentInput, env: NodeJS.ProcessEnv): Promise<Trace> {
  const script = fileURLToPath(new URL('./run-experiment.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(config)], {
    env: { ...process.env, ...env },
  });
  const { status, stdout, stderr } = await outcomeOf(child);
  if (status !== 0) throw new Error(`The experiment failed with status ${status}:\n${stderr}`);
  return JSON.parse(stdout) as Trace;
}
