import { type Command, Option } from 'commander';
import { ClTorchError } from '../base/errors.js';
import { networks } from '../networks/index.js';
import { parseOptions } from '../options/check.js';
import { networkTraining } from '../speed/plain-training.js';
import type { MeasuredNetwork } from '../speed/types.js';
import { trainingOptions } from '../training/options.js';
import { addSomeOptions } from './experiment-options.js';

const MOST_REPEATS = 1000;
const MOST_BUSY = 64;
const MOST_RUNS = 10_000;
/** Of a network's epoch, a few seconds of the larger ones; */
const EXAMPLES = 2560;
/** and what MNIST has. */
const MOST_EXAMPLES = 60_000;
const MOST_PIXELS = 1024;
const NETWORK_HEADING = "A network in the place of the baseline's epoch (any of these asks for it):";

interface Flags {
  readonly device: string;
  readonly threads: string;
  readonly repeats: string;
  readonly engines: string;
  readonly precision: 'fp32' | 'tf32' | 'bf16';
  readonly python?: string;
  readonly reference?: string;
  readonly busy?: true | string;
  readonly wholeRun?: string;
  readonly sweep?: true | string;
  readonly examples?: string;
  readonly images?: string;
  readonly json?: true;
}

/** Options of a configuration that say which network is measured. */
const NETWORK: readonly string[] = [
  'network',
  ...new Set(networks.flatMap(({ options }) => Object.keys(options))),
  'batchSize',
];

/** `cl-torch bench`. */
export function addBench(program: Command): void {
  const command = program
    .command('bench')
    .description(
      "measure an epoch of the baseline against the matrix products' floor, or one of any network, and against PyTorch where " +
        'it is given',
    )
    .option('--device <NAME>', 'where to train: cpu, cuda or cuda:N', 'cpu')
    .option('--threads <N>', 'CPU threads of every side', '2')
    .option('--repeats <N>', 'how often each side takes its turn; medians are told', '5')
    .option(
      '--engines <LIST>',
      'engines to measure, those of them that train the network; the first is what all else is compared with',
      'fused,autograd',
    )
    .addOption(
      new Option('--precision <NAME>', 'of the products and convolutions on a GPU')
        .choices(['fp32', 'tf32', 'bf16'])
        .default('fp32'),
    )
    .option('--python <FILE>', 'a Python with torch: PyTorch takes its turn')
    .option(
      '--busy [LIST]',
      'measure also beside so many processes that each keep a CPU busy, such as 1,4 (default: 1)',
    )
    .option(
      '--whole-run <TASKSxEPOCHS>',
      'measure the reference implementation from command to result, such as 10x5',
    )
    .option(
      '--reference <FILE>',
      'the reference implementation as a Python program, for --whole-run (needs --python)',
    )
    .option(
      '--sweep [RUNS]',
      'measure what a sweep of so many tiny runs takes beside the same runs by themselves (default: 1000)',
    )
    .option('--json', 'print the report as one JSON object');
  addSomeOptions(command, NETWORK, NETWORK_HEADING);
  command
    .optionsGroup(NETWORK_HEADING)
    .option('--examples <N>', `images in an epoch (default: ${EXAMPLES})`)
    .option('--images <CxHxW>', "made-up images of these channels, height and width, in place of MNIST's")
    .action(async ({ json, ...flags }: Flags) => {
      const { runBench } = await import('./commands/bench.js');
      process.exitCode = await runBench(benchOptions(flags), json === true);
    });
}

function benchOptions(flags: Flags): Parameters<typeof import('./commands/bench.js')['runBench']>[0] {
  const { device, threads, precision, python, reference, busy, wholeRun, sweep } = flags;
  const engines = flags.engines.split(',').map((engine) => parseOptions(trainingOptions, { engine }).engine);
  if (engines.includes('auto')) throw wrong('--engines', 'fused, autograd or both', flags.engines);
  if (reference !== undefined && (python === undefined || wholeRun === undefined)) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      '--reference needs --python FILE and --whole-run TASKSxEPOCHS beside it.',
    );
  }
  const checked = parseOptions(trainingOptions, { device, threads: Number(threads) });
  return {
    device: checked.device,
    threads: Number(checked.threads),
    repeats: count('--repeats', flags.repeats),
    engines: engines as ('fused' | 'autograd')[],
    precision,
    python,
    reference,
    network: measuredNetwork(flags),
    busy: busy === undefined ? [] : busyCounts(busy === true ? '1' : busy),
    wholeRun: wholeRun === undefined ? undefined : size(wholeRun),
    sweep: sweep === undefined ? undefined : count('--sweep', sweep === true ? '1000' : sweep, MOST_RUNS),
  };
}

/** The network that any of its flags asks for. */
function measuredNetwork(flags: Flags): MeasuredNetwork | undefined {
  const { examples, images } = flags;
  const settings = Object.fromEntries(Object.entries(flags).filter(([key]) => NETWORK.includes(key)));
  if (Object.keys(settings).length === 0 && examples === undefined && images === undefined) return undefined;
  const network = {
    settings,
    images: images === undefined ? undefined : imageSizes(images),
    examples: examples === undefined ? EXAMPLES : count('--examples', examples, MOST_EXAMPLES),
  };
  networkTraining(network); // which refuses what does not fit
  return network;
}

function imageSizes(text: string): number[] {
  const sizes = text.split('x').map(Number);
  if (
    sizes.length === 3 &&
    sizes.every((size) => Number.isInteger(size) && size > 0 && size <= MOST_PIXELS)
  ) {
    return sizes;
  }
  throw wrong('--images', `channels x height x width, each from 1 to ${MOST_PIXELS}, such as 3x32x32`, text);
}

function busyCounts(text: string): number[] {
  const counts = text.split(',').map(Number);
  if (counts.some((number) => !Number.isInteger(number) || number < 1 || number > MOST_BUSY)) {
    throw wrong('--busy', `numbers of processes from 1 to ${MOST_BUSY} such as 1,4`, text);
  }
  return counts;
}

function size(text: string): { tasks: number; epochs: number } {
  const [, tasks, epochs] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (tasks === undefined || epochs === undefined)
    throw wrong('--whole-run', 'tasks x epochs such as 10x5', text);
  return { tasks: count('--whole-run', tasks), epochs: count('--whole-run', epochs) };
}

function count(flag: string, text: string, most: number = MOST_REPEATS): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > most) {
    throw wrong(flag, `an integer from 1 to ${most}`, text);
  }
  return number;
}

function wrong(flag: string, expected: string, found: string): ClTorchError {
  return new ClTorchError('CONFIG_INVALID', `${flag}: expected ${expected}, found '${found}'.`);
}
