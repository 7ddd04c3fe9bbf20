import type { RuntimeInfo } from '../../binding.js';

/**
 * CPU threads that `auto` stands for: one for every physical core that this process may use, 16 at most; within a job of
 * Slurm no more than the CPUs it was given, since not every cluster binds a job's processes to them.
 */
export function defaultThreads(
  { defaultThreads }: Pick<RuntimeInfo, 'defaultThreads'>,
  env: NodeJS.ProcessEnv = process.env,
): number {
  const granted = /^[1-9]\d*$/.exec(env.SLURM_CPUS_PER_TASK ?? '')?.[0];
  return granted === undefined ? defaultThreads : Math.min(defaultThreads, Number(granted));
}
