import { spawn } from 'node:child_process';
import { ClTorchError, codeOf } from '../../base/errors.js';

/** A program of Slurm's that ended with another status than 0. */
export class SlurmRefusal extends Error {
  readonly program: string;
  /** What it said, without its own name before each line. */
  readonly said: string;

  constructor(program: string, said: string) {
    super(said);
    this.program = program;
    this.said = said;
  }
}

/** What sbatch says when the queue takes no more jobs for now: of the cluster's limit, or of this user's. */
const FULL =
  /temporarily unable to accept job|Resource temporarily unavailable|MaxSubmit|SubmitJob|job submit limit/i;
/** Then it sleeps, and tries again for two minutes. */
const RETRYING = /temporarily unable to accept job, sleeping/i;

/** Whether sbatch refused because the queue takes no more jobs, or not so many at once. */
export function isFull({ said }: SlurmRefusal): boolean {
  return FULL.test(said);
}

/**
 * What a program of Slurm's prints.
 * @param without - Variables that it must not see.
 * @throws {SlurmRefusal} When it ends with another status than 0.
 * @throws {ClTorchError} SLURM_FAILED when it is not there.
 */
export function slurm(
  program: string,
  args: readonly string[],
  without: readonly string[] = [],
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: environment(without), stdio: ['ignore', 'pipe', 'pipe'] });
    let [printed, said] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (RETRYING.test(said)) child.kill(); // it has submitted nothing, and sleeps
    });
    child.once('error', (error) => reject(notThere(program, error)));
    child.once('close', (status, signal) => {
      if (status === 0) resolve(printed);
      else reject(new SlurmRefusal(program, plain(program, said) || `it ended by ${signal ?? status}`));
    });
  });
}

/**
 * Surroundings without what would change the meaning of a command: a job's own variables, where a sweep is started within
 * one, and the user's filters of squeue.
 */
function environment(without: readonly string[]): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => name === 'SLURM_CONF' || name === 'SLURM_CLUSTERS' || !/^(SLURM|SQUEUE)_/.test(name),
  );
  return Object.fromEntries(kept.filter(([name]) => !without.includes(name)));
}

function plain(program: string, said: string): string {
  const lines = said.split('\n').map((line) => line.replace(`${program}: `, '').replace(/^error: /, ''));
  return lines.filter((line) => line.trim() !== '').join('; ');
}

function notThere(program: string, error: unknown): ClTorchError {
  const why =
    codeOf(error) === 'ENOENT'
      ? `there is no ${program} on PATH, so this is no machine of a Slurm cluster, or Slurm is not loaded here`
      : `${program} cannot be started (${codeOf(error)})`;
  return new ClTorchError(
    'SLURM_FAILED',
    `Slurm cannot be asked: ${why}. Nothing was submitted. Run the same command on a login node of the cluster (some need ` +
      '`module load slurm` first), or leave --executor slurm out to train on this machine.',
    { cause: error },
  );
}
