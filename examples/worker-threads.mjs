// Runs side by side, each in a worker thread of its own with one CPU thread; a Ctrl-C ends them all.
// Usage: node examples/worker-threads.mjs [TASKS] [EPOCHS] [SEED…], such as `3 1 1 2 3`
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { runExperiment } from 'cl-torch';

if (isMainThread) {
  const [tasks = 3, epochs = 1, ...seeds] = process.argv.slice(2).map(Number);
  const runs = (seeds.length > 0 ? seeds : [1, 2]).map((seed) => run({ tasks, epochs, seed }));
  const finals = (await Promise.all(runs)).map(({ taskMeans }) => taskMeans.at(-1));
  const mean = finals.reduce((sum, value) => sum + value, 0) / finals.length;
  console.log(`mean over ${finals.length} seeds after the last task: ${mean.toFixed(2)} %`);
} else {
  const { tasks, epochs, seed } = workerData;
  const result = await runExperiment(
    { strategy: 'er', tasks, epochs, seed, hidden: [100, 100], device: 'cpu', threads: 1 },
    { onEvent: ({ type, task, mean }) => type === 'task' && parentPort.postMessage({ task, mean }) },
  );
  parentPort.postMessage({ result });
}

/** A run in a worker; resolves to its result. */
function run(options) {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: options });
  return new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', ({ task, mean, result }) => {
      if (result) resolve(result);
      else console.log(`seed ${options.seed}, task ${task}: mean ${mean.toFixed(2)} %`);
    });
  });
}
