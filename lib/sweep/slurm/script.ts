import { join } from 'node:path';
import { shellWord } from '../../config/command-line.js';
import { PACKAGE_DIR } from '../../setup/addon/location.js';
import type { SlurmOptions } from './options.js';

/** The command line of this very package. */
export const COMMAND: readonly string[] = [process.execPath, join(PACKAGE_DIR, 'bin', 'cl-torch.js')];

/** A job array: its script and the list of its runs lie beside each other in the sweep's folder `slurm`. */
export interface ArrayJob {
  /** The sweep's folder, as an absolute path. */
  readonly folder: string;
  readonly number: number;
  /** What the queue calls it. */
  readonly name: string;
  /** How many runs it has. */
  readonly size: number;
  /** The job after whose end it begins; undefined for at once. */
  readonly after: number | undefined;
  readonly options: SlurmOptions;
  /** What executes `sweep work`. */
  readonly command: readonly string[];
}

/** The job script of an array. It can be read, and submitted by hand. */
export function jobScript(job: ArrayJob): string {
  const { folder, number, name, size, options, command } = job;
  const list = `slurm/array-${number}.txt`;
  return `#!/bin/bash
# Written by cl-torch: ${size} of the runs of a sweep, each as a task of one job array.
# The task N executes the run in line N of array-${number}.txt, beside this file.

#SBATCH --job-name=${name}
${arrayLines(job)}
#SBATCH --nodes=1 --ntasks=1 --cpus-per-task=${options.cpus}
${optionLines(options)}#SBATCH --chdir=${sbatchWord(process.cwd())}
# What Slurm itself says, such as why it ended a job. What a run says is in logs/NAME.log.
#SBATCH --output=${sbatchWord(`${folder}/slurm/array-${number}.log`, true)}
#SBATCH --open-mode=append
# 90 seconds before the time is up the run is asked to end; what it leaves is gone on from.
#SBATCH --signal=B:TERM@90
# When a node fails, or the job must make room, Slurm starts it again, and the run goes on.
#SBATCH --requeue

set -euo pipefail
sweep=${shellWord(folder)}
run=$(sed -n "\${SLURM_ARRAY_TASK_ID}p" "$sweep/${list}")
exec >>"$sweep/logs/$run.log" 2>&1
# By exec the program takes the shell's place, so that Slurm's signals reach it.
exec ${command.map(shellWord).join(' ')} sweep work "$sweep" --only "$run"
`;
}

function arrayLines({ size, after, options: { atOnce } }: ArrayJob): string {
  const limit = atOnce === undefined ? '' : `%${atOnce}`;
  const array = `#SBATCH --array=1-${size}${limit}`;
  return after === undefined ? array : `${array}\n#SBATCH --dependency=afterany:${after}`;
}

/** GPUs by --gres, which every way of selecting nodes knows; --gpus needs select/cons_tres. */
function optionLines({ partition, time, gpus, mem, sbatch }: SlurmOptions): string {
  const lines = [
    partition === undefined ? [] : [`--partition=${partition}`],
    time === undefined ? [] : [`--time=${time}`],
    gpus === undefined ? [] : [`--gres=gpu:${gpus}`],
    mem === undefined ? [] : [`--mem=${mem}`],
    sbatch === undefined ? [] : [sbatch],
  ].flat();
  return lines.map((line) => `#SBATCH ${line}\n`).join('');
}

/** A value as sbatch reads it in a line of a script. In the name of an output file `%` stands for something else. */
function sbatchWord(value: string, isPattern = false): string {
  const text = isPattern ? value.replaceAll('%', '%%') : value;
  return /^[\w./%:,+=@-]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
