// One run for scripts/bench.mjs, in a process of its own. Usage: node bench-run.mjs CONFIG_JSON
import { runExperiment } from '../dist/index.js';

let last = performance.now();
let largestTimerGap = 0;
let training = false;
const timer = setInterval(() => {
  const now = performance.now();
  if (training) largestTimerGap = Math.max(largestTimerGap, now - last);
  last = now;
}, 10);
const result = await runExperiment(JSON.parse(process.argv[2]), {
  onEvent: ({ type }) => {
    training = type === 'task-start' || type === 'progress' || type === 'epoch';
  },
});
clearInterval(timer);
const { environment, peakMemoryBytes } = result;
const report = { epochSeconds: result.epochSeconds.flat(), largestTimerGap, peakMemoryBytes, environment };
process.stdout.write(JSON.stringify(report));
