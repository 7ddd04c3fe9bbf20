// A process that executes many tiny runs by themselves, so many of them at the same time, each in a folder of its own, and
// all with one reading of the data. Usage: node runs-child.js COUNT AT_ONCE FOLDER
import { join } from 'node:path';
import { executeRun } from '../runs/run.js';
import { newRun } from '../runs/run-plan.js';
import { SharedData } from '../runs/shared-data.js';
import { TINY_RUN } from './tiny-run.js';

const [count, atOnce, folder = ''] = process.argv.slice(2);
const queue = Array.from({ length: Number(count) }, (_, i) =>
  newRun({ ...TINY_RUN, seed: i + 1, threads: 1, out: join(folder, String(i + 1)) }),
);
const data = new SharedData(
  queue.map(({ config }) => config),
  undefined,
);
const { signal } = new AbortController();
await Promise.all(
  Array.from({ length: Number(atOnce) }, async () => {
    for (let run = queue.shift(); run; run = queue.shift()) {
      await executeRun(run, { signal, emit: () => {}, data });
    }
  }),
);
