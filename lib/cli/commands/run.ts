import { ClTorchError } from '../../base/errors.js';
import { loadBenchmarkFile, loadStrategyFile } from '../../config/from-file.js';
import type { CustomExperimentInput, ExperimentConfig } from '../../config/types.js';
import { readSeeds } from '../../random/seeds.js';
import { seedsTable } from '../../report/text/seeds.js';
import { planExperiment } from '../../runs/plan.js';
import type { RunEvent } from '../../runs/types.js';
import { type LogPlaces, openLogs, type RunLog } from '../../sinks/index.js';
import { resumeExperiment, runExperiment } from '../../sweep/experiment.js';
import { runSeeds, type SeedsOptions } from '../../sweep/seeds.js';
import type { ExperimentRun, RunOptions } from '../../sweep/start.js';
import { readConfigFile } from '../support/config-file.js';
import { exitCodeOf } from '../support/exit-code.js';
import { Interruption } from '../support/interruption.js';
import { loadAddon } from '../support/load.js';
import { RunOutput, type RunOutputOptions } from '../support/run-output.js';
import { RunPages } from '../support/run-pages.js';
import { readAtOnce } from '../support/seeds.js';
import { readStrategy, withBenchmark } from '../support/strategy.js';

/** `cl-torch run`. Returns the exit code. */
export async function runStrategy(strategy: string, flags: Record<string, unknown>): Promise<number> {
  const { config: file, seeds, atOnce, force, json, quiet, events, tensorboard, ...options } = flags;
  const base = typeof file === 'string' ? await readConfigFile(file) : {};
  const method = await readStrategy(strategy);
  const named = { ...base, ...options, strategy: method } as Input;
  const input = await withBenchmark(named);
  const ownFiles = {
    strategy: typeof method === 'object' ? strategy : undefined,
    benchmark: input === named ? undefined : String(named.benchmark),
  };
  const how = { ...howOf({ json, quiet, events, tensorboard }), ownFiles };
  const overwrite = force === true;
  if (typeof seeds === 'string') {
    return severalRuns(input, seeds, { overwrite, atOnce: readAtOnce(atOnce) }, how);
  }
  if (atOnce !== undefined) throw new ClTorchError('CONFIG_INVALID', '--at-once goes with --seeds.');
  const { config } = planExperiment(input);
  return oneRun({ ...how, config }, (options) => runExperiment(input, { ...options, overwrite }));
}

/** `cl-torch resume`. Returns the exit code. */
export async function resumeRun(folder: string, flags: Record<string, unknown>): Promise<number> {
  const ownFiles = flags as NonNullable<RunOutputOptions['ownFiles']>;
  const strategy = ownFiles.strategy === undefined ? undefined : await loadStrategyFile(ownFiles.strategy);
  const benchmark =
    ownFiles.benchmark === undefined ? undefined : await loadBenchmarkFile(ownFiles.benchmark);
  const how = { ...howOf(flags), ownFiles };
  const dataDir = typeof flags.dataDir === 'string' ? flags.dataDir : undefined;
  return oneRun(how, (options) => resumeExperiment(folder, { ...options, strategy, benchmark, dataDir }));
}

/** What the command line makes of the words; the configuration's check says what is wrong with it. */
type Input = CustomExperimentInput;

interface How extends RunOutputOptions, LogPlaces {
  /** Of a run that begins; one that is resumed has it in its folder. */
  readonly config?: ExperimentConfig;
}

function howOf({ json, quiet, events, tensorboard }: Record<string, unknown>): How {
  return { json: json === true, quiet: quiet === true, ...({ events, tensorboard } as LogPlaces) };
}

function tellTo(log: RunLog, output: RunOutput): (event: RunEvent) => void {
  return (event) => {
    log.write(event);
    output.event(event);
  };
}

async function oneRun(how: How, start: (options: RunOptions) => ExperimentRun): Promise<number> {
  using log = openLogs(how);
  const output = new RunOutput(how);
  return await interruptible(output, async (signal) => {
    const pages = new RunPages();
    if (how.config) output.begins(how.config);
    await loadAddon(output, signal);
    const result = await start({ signal, onEvent: tellTo(log, output) });
    await pages.beside(async () => pages.add(result));
    output.finished(result);
    if (how.json) printJson(result);
    return exitCodeOf([result]);
  });
}

async function severalRuns(
  input: Input,
  seeds: string,
  options: Pick<SeedsOptions, 'overwrite' | 'atOnce'>,
  how: How,
): Promise<number> {
  const { config } = planExperiment(input);
  const list = readSeeds(seeds, config.seed);
  using log = openLogs(how);
  const output = new RunOutput(how);
  return await interruptible(output, async (signal) => {
    const tell = tellTo(log, output);
    const pages = new RunPages();
    const onEvent = (event: RunEvent): void => {
      tell(event);
      if (event.type !== 'end') return;
      output.finished(event.result);
      pages.add(event.result);
    };
    output.begins(config);
    await loadAddon(output, signal);
    const result = await pages.beside(() => runSeeds(input, list, { ...options, signal, onEvent }));
    if (how.json) printJson(result);
    else process.stdout.write(`\n${seedsTable(result)}\n`);
    return exitCodeOf(result.runs);
  });
}

/** Does the work until it is done or a signal ends it. */
async function interruptible(
  output: RunOutput,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  using interruption = new Interruption();
  try {
    return await work(interruption.signal);
  } catch (error) {
    const { exitCode } = interruption;
    output.stopped(exitCode === undefined ? 'Stopped' : 'Interrupted');
    if (exitCode === undefined) throw error;
    return exitCode;
  }
}

function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
