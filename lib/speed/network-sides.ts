import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EPOCHS, networkTraining } from './plain-training.js';
import { runProgram } from './process.js';
import { BOUND, mnistFolder, ourSide, root, type Side, side } from './side.js';
import type { BenchOptions, EpochSample, MeasuredNetwork } from './types.js';

const child = fileURLToPath(new URL('./network-child.js', import.meta.url));
const script = join(root, 'scripts', 'epochs.py');

/** The sides that train epochs of a network: this package's, and PyTorch's eager mode in each of its memory formats. */
export function networkSides(network: MeasuredNetwork, options: BenchOptions): Side<EpochSample>[] {
  const ours = options.engines.map((engine) => ourEpochs(engine, network, options));
  return options.python === undefined ? ours : [...ours, ...pyTorchEpochs(options.python, network, options)];
}

function ourEpochs(engine: string, network: MeasuredNetwork, options: BenchOptions): Side<EpochSample> {
  const { device, threads, precision } = options;
  const settings = { ...network.settings, device, threads, engine, precision };
  const measured = JSON.stringify({ ...network, settings });
  return side(ourSide(engine, options), (signal) => runProgram(process.execPath, [child, measured], signal));
}

function pyTorchEpochs(
  python: string,
  network: MeasuredNetwork,
  { device, threads, precision }: BenchOptions,
): Side<EpochSample>[] {
  const { spec, config } = networkTraining(network);
  const numbers =
    `--batch-size ${config.batchSize} --examples ${network.examples} --epochs ${EPOCHS} --threads ${threads} ` +
    `--device ${device} --precision ${precision}`;
  const data = network.images === undefined ? ['--data', mnistFolder()] : [];
  const args = [script, '--network', JSON.stringify(spec), ...numbers.split(' '), ...data];
  const [env, suffix] = device === 'cpu' ? [BOUND, ', threads bound'] : [{}, ''];
  const formats =
    spec.input.length === 3 ? { 'channels last': ['--channels-last'], contiguous: [] } : { '': [] };
  return Object.entries(formats).map(([format, flags]) =>
    side(`PyTorch${format && `, ${format}`}${suffix}`, (signal) =>
      runProgram(python, [...args, ...flags], signal, env),
    ),
  );
}
