import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { networkSides } from './network-sides.js';
import { EPOCHS } from './plain-training.js';
import { besideBusyProcesses, runProgram } from './process.js';
import { BOUND, mnistFolder, ourSide, root, type Side, side } from './side.js';
import type { BenchOptions, EpochSample } from './types.js';

/** What a whole run says of itself. */
export interface WholeRunSample {
  /** `accuracy[i][j]`, in percent. */
  readonly accuracy: readonly (readonly number[])[];
}

const referenceScript = join(root, 'scripts', 'reference.py');

/** The sides that train epochs; the first one is what the others are compared with. */
export function epochSides(options: BenchOptions): Side<EpochSample>[] {
  const { network } = options;
  const quiet = network ? networkSides(network, options) : baselineSides(options);
  return [...quiet, ...options.busy.flatMap((count) => quiet.map((side) => beside(count, side)))];
}

function baselineSides(options: BenchOptions): Side<EpochSample>[] {
  const ours = options.engines.map((engine) => ourEpochs(engine, options));
  const python = options.python === undefined ? [] : pyTorchEpochs(options.python, options);
  return [...ours, ...python];
}

function ourEpochs(engine: string, options: BenchOptions): Side<EpochSample> {
  const { device, threads, precision } = options;
  const child = fileURLToPath(new URL('./child.js', import.meta.url));
  const config = JSON.stringify({ device, threads, engine, precision });
  return side(ourSide(engine, options), (signal) => runProgram(process.execPath, [child, config], signal));
}

function pyTorchEpochs(python: string, { device, threads }: BenchOptions): Side<EpochSample>[] {
  const words =
    `baseline --tasks 1 --epochs ${EPOCHS} --losses 0 --threads ${threads} --device ${device}`.split(' ');
  const args = [referenceScript, ...words, '--data', mnistFolder()];
  const sides = [side<EpochSample>('PyTorch', (signal) => runProgram(python, args, signal))];
  if (device !== 'cpu') return sides;
  const bound = (signal: AbortSignal) => runProgram(python, args, signal, BOUND);
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
  const { device, threads, precision, engines, wholeRun, python, reference } = options;
  if (!wholeRun) return [];
  const size = `--tasks ${wholeRun.tasks} --epochs ${wholeRun.epochs} --threads ${threads} --device`.split(
    ' ',
  );
  const ours = engines.map((engine) => {
    const words =
      `run lfd --preset reference --engine ${engine} --precision ${precision} --json --quiet`.split(' ');
    const args = [join(root, 'bin', 'cl-torch.js'), ...words, ...size, device];
    return side<WholeRunSample>(ourSide(engine, options), (signal) =>
      runProgram(process.execPath, args, signal),
    );
  });
  if (python === undefined || reference === undefined) return ours;
  const args = [reference, 'lfd', ...size, device.replace(/:.*/, ''), '--mnist', mnistFolder()];
  return [
    ...ours,
    side('the reference implementation, threads bound', (signal) => runProgram(python, args, signal, BOUND)),
  ];
}
