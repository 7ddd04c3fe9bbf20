import { ClTorchError } from '../../base/errors.js';
import { takeLock } from '../../files/lock.js';
import { folderTrouble, makeOutputFolder } from '../../runs/folder.js';
import type { ExecutorContext, SweepExecutor } from '../plan/executor.js';
import type { SweepRun } from '../plan/types.js';
import { Follower, type Patience } from './follow.js';
import { Journal } from './journal.js';
import type { SlurmOptions } from './options.js';
import { largestArray } from './queue.js';
import { COMMAND } from './script.js';

export interface SlurmSettings {
  /** What executes `sweep work` in a job. Default this package's command line. */
  readonly command?: readonly string[] | undefined;
  readonly patience?: Partial<Patience> | undefined;
}

/**
 * Executes runs as tasks of Slurm job arrays, and follows them. Jobs outlive this process: the next one that is given the
 * same folder goes on with those that are still in the queue.
 */
export class SlurmExecutor implements SweepExecutor {
  readonly #options: SlurmOptions;
  readonly #settings: SlurmSettings;

  constructor(options: SlurmOptions, settings: SlurmSettings = {}) {
    this.#options = options;
    this.#settings = settings;
  }

  async execute(runs: readonly SweepRun[], context: ExecutorContext): Promise<void> {
    const { folder, signal } = context;
    if (/[\n\r]/.test(folder)) throw lineBreak(folder);
    const largest = await largestArray();
    for (const part of ['slurm', 'logs']) makeOutputFolder(`${folder}/${part}`);
    const onAlive = (holder: string): never => {
      throw inUse(folder, holder);
    };
    const release = await takeLock(`${folder}/slurm/follow.lock`, { onAlive, signal }).catch(
      (error: unknown) => {
        throw folderTrouble(folder, error);
      },
    );
    try {
      const plan = { folder, options: this.#options, command: this.#settings.command ?? COMMAND };
      const follower = new Follower(
        await Journal.open(folder),
        plan,
        largest,
        context,
        this.#settings.patience,
      );
      await follower.follow(runs);
    } finally {
      await release();
    }
  }
}

function inUse(folder: string, holder: string): ClTorchError {
  return new ClTorchError(
    'RUN_IN_USE',
    `The jobs of the sweep in '${folder}' are followed by ${holder} already. Leave them to it, or stop it first: the jobs ` +
      'go on, and are found again.',
  );
}

function lineBreak(folder: string): ClTorchError {
  return new ClTorchError(
    'OUTPUT_FAILED',
    `The folder '${folder}' has a line break in its name, which a job script cannot hold. Name another one with --out.`,
  );
}
