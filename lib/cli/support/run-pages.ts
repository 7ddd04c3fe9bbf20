import { join } from 'node:path';
import { exists } from '../../files/index.js';
import type { RunResult } from '../../runs/types.js';

const PAGE = 'report.html';

/** Puts a page into the folder of each run that has one, as the runs end; one after the other. */
export class RunPages {
  #last: Promise<void> = Promise.resolve();

  add(result: RunResult): void {
    this.#last = this.#last.then(() => writePage(result));
    this.#last.catch(() => {}); // beside() tells of it
  }

  /**
   * Does the work, which adds its runs, and waits for their pages, also when it fails.
   * @throws {ClTorchError} What the work throws, or OUTPUT_FAILED when a page cannot be written.
   */
  async beside<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#last = this.#last.catch(() => {}); // the error that is told is what ended the work
      throw error;
    } finally {
      await this.#last;
    }
  }
}

/** Puts a page into the folder of a run that was done before and has none. */
export async function addMissingPage(result: RunResult): Promise<void> {
  const { out } = result.config;
  if (out !== undefined && !exists(join(out, PAGE))) await writePage(result);
}

async function writePage(result: RunResult): Promise<void> {
  if (result.config.out === undefined) return;
  const { writeRunPage } = await import('./write-report.js'); // drawing takes a while to load
  await writeRunPage(join(result.config.out, PAGE), result);
}
