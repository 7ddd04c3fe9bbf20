import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExperimentConfig } from '../config/schema.js';
import { ClTorchError, codeOf, messageOf } from '../errors.js';
import { createFileAtomic, writeFileAtomic } from '../files.js';
import type { RunResult } from './types.js';

/**
 * The folder of one run: `config.json`, and `result.json` brought up to date after every task. A folder that
 * already holds a run is refused, so that no result is ever overwritten.
 */
export class OutputDirectory {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Makes the folder and checks that it can take a run; throws OUTPUT_FAILED before any work is done. */
  static async prepare(path: string): Promise<OutputDirectory> {
    const directory = new OutputDirectory(path);
    await directory.#attempt(() => mkdir(path, { recursive: true }));
    for (const file of ['config.json', 'result.json']) {
      const taken = await access(join(path, file)).then(
        () => true,
        () => false,
      );
      if (taken) throw occupied(path);
    }
    return directory;
  }

  /** Claims the folder for this run. Of two processes that start at once, one gets it. */
  async claim(config: ExperimentConfig): Promise<void> {
    await this.#attempt(() => createFileAtomic(join(this.#path, 'config.json'), asJson(config)));
  }

  async writeResult(result: RunResult): Promise<void> {
    await this.#attempt(() => writeFileAtomic(join(this.#path, 'result.json'), asJson(result)));
  }

  async #attempt(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (codeOf(error) === 'EEXIST') throw occupied(this.#path);
      throw new ClTorchError(
        'OUTPUT_FAILED',
        `Cannot write to the output folder '${this.#path}': ${messageOf(error)}. ` +
          'Check its permissions and the free space, or name another folder with --out.',
        { cause: error },
      );
    }
  }
}

function occupied(path: string): ClTorchError {
  return new ClTorchError(
    'OUTPUT_FAILED',
    `The output folder '${path}' already holds a run. Name another folder with --out, or remove this one first.`,
  );
}

function asJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
