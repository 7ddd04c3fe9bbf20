// Measures what docs/benchmarks.md states. Usage: npm run bench -- [--threads N] [--repeats N] [--python PYTHON]
// Every measurement is a process of its own; the kinds take turns, so that a drifting machine drifts under all of them.
import { spawn } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MNIST } from './bench-data.mjs';

const EPOCHS = 3;

const { values: flags } = parseArgs({
  options: {
    threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    repeats: { type: 'string', default: '5' },
    python: { type: 'string' },
  },
});
const threads = Number(flags.threads);

/** Runs a command to its end and parses the JSON it prints. */
function measure(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) =>
      status === 0 ? resolve(JSON.parse(text)) : reject(new Error(`${command} ended with status ${status}`)),
    );
  });
}

function ours(tasks = 1, epochs = EPOCHS) {
  const child = fileURLToPath(new URL('./bench-run.mjs', import.meta.url));
  return measure(process.execPath, [child, JSON.stringify({ strategy: 'baseline', tasks, epochs, threads })]);
}

function pyTorch(env) {
  const script = fileURLToPath(new URL('../test/reference/reference.py', import.meta.url));
  const args = ['baseline', '--data', MNIST, '--tasks', '1', '--epochs', EPOCHS, '--losses', '0'];
  return measure(flags.python, [script, ...args.map(String), '--threads', String(threads)], env);
}

/** The same with a process beside it that keeps one CPU busy. */
async function besideBusyProcess(run) {
  const busy = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  try {
    return await run();
  } finally {
    busy.kill('SIGKILL');
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const range = (values, digits) =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;

const kinds = {
  'cl-torch': () => ours(),
  'cl-torch, one CPU busy': () => besideBusyProcess(() => ours()),
};
if (flags.python) {
  kinds.PyTorch = () => pyTorch({});
  kinds['PyTorch, OMP_PROC_BIND=true'] = () => pyTorch({ OMP_PROC_BIND: 'true' });
  kinds['PyTorch, one CPU busy'] = () => besideBusyProcess(() => pyTorch({}));
}

console.log(
  `${cpus()[0].model}, ${availableParallelism()} CPUs, ${threads} threads, Node ${process.version}`,
);
console.log(`baseline epoch, 60,000 images: medians of ${flags.repeats} runs (least–most), seconds`);
const seconds = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
const gaps = [];
for (let repeat = 0; repeat < Number(flags.repeats); ++repeat) {
  for (const [name, run] of Object.entries(kinds)) {
    const { epochSeconds, largestTimerGap } = await run();
    seconds[name].push(median(epochSeconds));
    if (name === 'cl-torch') gaps.push(largestTimerGap);
  }
}
for (const [name, values] of Object.entries(seconds)) {
  const ratios = values.map((value, repeat) => value / seconds['cl-torch'][repeat]);
  console.log(`  ${name.padEnd(28)} ${range(values, 2)}   × cl-torch, run by run: ${range(ratios, 2)}`);
}
console.log(`largest gap of a 10 ms timer while training: ${range(gaps, 0)} ms`);
const { peakMemoryBytes, environment } = await ours(10, 1);
console.log(`peak memory of 10 tasks, whole process: ${Math.round(peakMemoryBytes / 1e6)} MB`);
console.log(`LibTorch ${environment.libtorch} on ${environment.device} (${environment.deviceName})`);
