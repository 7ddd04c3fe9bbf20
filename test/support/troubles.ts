import { setTimeout as delay } from 'node:timers/promises';

/** What the process is warned of, and the rejections that nobody handles, while `work` runs. */
export async function troublesOf(work: () => Promise<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  const note = (trouble: unknown): void => {
    found.push(trouble);
  };
  process.on('warning', note).on('unhandledRejection', note);
  try {
    await work();
    await delay(20);
  } finally {
    process.off('warning', note).off('unhandledRejection', note);
  }
  return found;
}
