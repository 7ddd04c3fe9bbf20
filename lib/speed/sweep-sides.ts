import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Outcome, runProgram } from './process.js';
import { root, type Side } from './side.js';
import { TINY_RUN } from './tiny-run.js';

const program = join(root, 'bin', 'cl-torch.js');
const child = fileURLToPath(new URL('./runs-child.js', import.meta.url));

/** The sides that execute so many tiny runs: by themselves, and as a sweep from the command to its tables and its page. */
export function sweepSides(runs: number | undefined): Side<null>[] {
  if (runs === undefined) return [];
  const { strategy, benchmark, device, examplesPerClass, epochs, hidden } = TINY_RUN;
  const atOnce = availableParallelism();
  const words =
    `sweep --set strategy=${strategy} --benchmark ${benchmark} --device ${device} --examples-per-class ${examplesPerClass} ` +
    `--epochs ${epochs} --hidden ${hidden.join(',')} --threads 1 --at-once ${atOnce} --seed 1 --seeds ${runs} --choose none --quiet --out`;
  return [
    inFolder('the runs by themselves', (folder, signal) =>
      runProgram(process.execPath, [child, String(runs), String(atOnce), folder], signal),
    ),
    inFolder('as a sweep', (folder, signal) =>
      runProgram(process.execPath, [program, ...words.split(' '), folder], signal),
    ),
  ];
}

function inFolder(name: string, run: (folder: string, signal: AbortSignal) => Promise<Outcome>): Side<null> {
  return {
    name,
    async measure(signal) {
      const folder = await mkdtemp(join(tmpdir(), 'cl-torch-bench-'));
      try {
        return { sample: null, outcome: await run(folder, signal) };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
