import { join } from 'node:path';
import { parseConfig } from '../../config/parse.js';
import type { ExperimentInput } from '../../config/schema.js';
import { ClTorchError } from '../../errors.js';
import {
  type ExperimentRun,
  type RunOptions,
  resumeExperiment,
  runExperiment,
} from '../../experiment/index.js';
import { runSeeds, type SeedsOptions } from '../../experiment/seeds.js';
import type { RunEvent, RunResult } from '../../experiment/types.js';
import { type LogPlaces, openLogs, type RunLog } from '../../log/index.js';
import { seedsTable } from '../../report/seeds.js';
import { readConfigFile } from '../config-file.js';
import { Interruption } from '../interruption.js';
import { RunOutput, type RunOutputOptions } from '../run-output.js';
import { readAtOnce, readSeeds } from '../seeds.js';

/** `cl-torch run`. Returns the exit code. */
export async function runStrategy(strategy: string, flags: Record<string, unknown>): Promise<number> {
  const { config: file, seeds, atOnce, force, json, quiet, events, tensorboard, ...options } = flags;
  const base = typeof file === 'string' ? await readConfigFile(file) : {};
  const input = { ...base, ...options, strategy };
  const how = howOf({ json, quiet, events, tensorboard });
  const overwrite = force === true;
  if (typeof seeds === 'string') {
    return severalRuns(input, seeds, { overwrite, atOnce: readAtOnce(atOnce) }, how);
  }
  if (atOnce !== undefined) throw new ClTorchError('CONFIG_INVALID', '--at-once goes with --seeds.');
  const config = parseConfig(input);
  return oneRun(how, (options) => runExperiment(config, { ...options, overwrite }));
}

/** `cl-torch resume`. Returns the exit code. */
export async function resumeRun(folder: string, flags: Record<string, unknown>): Promise<number> {
  return oneRun(howOf(flags), (options) => resumeExperiment(folder, options));
}

type How = RunOutputOptions & LogPlaces;

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
    const result = await start({ signal, onEvent: tellTo(log, output) });
    await reportBeside(result);
    output.finished(result);
    if (how.json) printJson(result);
  });
}

async function severalRuns(
  input: object,
  seeds: string,
  options: Pick<SeedsOptions, 'overwrite' | 'atOnce'>,
  how: How,
): Promise<number> {
  const list = readSeeds(seeds, parseConfig(input).seed);
  using log = openLogs(how);
  const output = new RunOutput(how);
  return await interruptible(output, async (signal) => {
    const tell = tellTo(log, output);
    const onEvent = (event: RunEvent): void => {
      tell(event);
      if (event.type === 'end') output.finished(event.result);
    };
    const result = await runSeeds(input as ExperimentInput, list, { ...options, signal, onEvent });
    for (const run of result.runs) await reportBeside(run);
    if (how.json) printJson(result);
    else process.stdout.write(`\n${seedsTable(result)}\n`);
  });
}

/** Of a run that has a folder: its page, in there. */
async function reportBeside(result: RunResult): Promise<void> {
  if (result.config.out === undefined) return;
  const { writeRunPage } = await import('../write-report.js'); // drawing takes a while to load
  await writeRunPage(join(result.config.out, 'report.html'), result);
}

/** Does the work until it is done or a signal ends it. */
async function interruptible(
  output: RunOutput,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<number> {
  using interruption = new Interruption();
  try {
    await work(interruption.signal);
    return 0;
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
