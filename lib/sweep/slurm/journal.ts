import { join } from 'node:path';
import { z } from 'zod';
import { ClTorchError, codeOf } from '../../base/errors.js';
import { readJson, writeFileAtomic } from '../../files/index.js';

/** A job array that was submitted. */
export interface SubmittedArray {
  readonly number: number;
  /** What the queue calls it; no other job has this name. */
  readonly name: string;
  /** Null while it is not known whether sbatch took it. */
  readonly job: number | null;
  /** The cluster's name, where sbatch told one. */
  readonly cluster: string | null;
  /** Names of its runs; the first one is the task 1. */
  readonly runs: readonly string[];
}

const journalSchema = z.object({
  schemaVersion: z.literal(1),
  arrays: z.array(
    z.object({
      number: z.int().min(1),
      name: z.string(),
      job: z.int().nullable(),
      cluster: z.string().nullable(),
      runs: z.array(z.string()),
    }),
  ),
});

/** The job arrays of a sweep, in its file `slurm/jobs.json`, so that a later process finds those still in the queue. */
export class Journal {
  readonly #path: string;
  #arrays: readonly SubmittedArray[];

  private constructor(path: string, arrays: readonly SubmittedArray[]) {
    this.#path = path;
    this.#arrays = arrays;
  }

  /** @throws {ClTorchError} FILE_DAMAGED. */
  static async open(folder: string): Promise<Journal> {
    const path = join(folder, 'slurm', 'jobs.json');
    try {
      return new Journal(path, journalSchema.parse(await readJson(path)).arrays);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return new Journal(path, []);
      throw damaged(path, error);
    }
  }

  get arrays(): readonly SubmittedArray[] {
    return this.#arrays;
  }

  get clusters(): readonly string[] {
    return [...new Set(this.#arrays.flatMap(({ cluster }) => cluster ?? []))];
  }

  /** Keeps an array; one of the same number is replaced. */
  async keep(array: SubmittedArray): Promise<void> {
    await this.#write([...this.#arrays.filter(({ number }) => number !== array.number), array]);
  }

  /** Forgets an array that was not submitted. */
  async drop({ number }: SubmittedArray): Promise<void> {
    await this.#write(this.#arrays.filter((each) => each.number !== number));
  }

  async #write(arrays: readonly SubmittedArray[]): Promise<void> {
    this.#arrays = arrays;
    await writeFileAtomic(this.#path, `${JSON.stringify({ schemaVersion: 1, arrays }, null, 2)}\n`);
  }
}

function damaged(path: string, cause: unknown): ClTorchError {
  return new ClTorchError(
    'FILE_DAMAGED',
    `'${path}', which tells the sweep's jobs in Slurm, cannot be read. See squeue --me whether some are still in the queue; ` +
      'then remove the file, and run the same command again.',
    { cause },
  );
}
