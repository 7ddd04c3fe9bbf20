import { availableParallelism, cpus } from 'node:os';
import { ClTorchError } from '../base/errors.js';
import { machineOf } from '../config/presets.js';
import { mean } from '../metrics/numpy.js';
import { type Environment, resolveEnvironment } from '../training/environment.js';
import type { TrainingOptions } from '../training/options.js';
import { plainTraining } from './plain-training.js';
import type { Side } from './side.js';
import { epochSides, type WholeRunSample, wholeRunSides } from './sides.js';
import { medianOf, ratiosOf, spreadOf } from './statistics.js';
import { sweepSides } from './sweep-sides.js';
import type {
  BenchOptions,
  BenchReport,
  EpochMeasurement,
  EpochSample,
  RunsMeasurement,
  WholeRunMeasurement,
} from './types.js';

export interface BenchCall {
  readonly signal: AbortSignal;
  /** Called before each measurement. */
  readonly onTurn: (name: string, repeat: number, repeats: number) => void;
}

/** One side's measurements, in the order of the repeats. */
interface Turns<Sample> {
  readonly name: string;
  readonly samples: Sample[];
  readonly seconds: number[];
  readonly peakMemoryBytes: number[];
}

/**
 * Measures epochs of the baseline or of a network, and whole runs where asked to: the sides take turns, each measurement in
 * a process of its own.
 *
 * @throws {ClTorchError} BENCH_FAILED when a side cannot be measured; ENGINE_UNAVAILABLE when none of the engines trains the
 *   network; ABORTED by the signal.
 */
export async function bench(asked: BenchOptions, call: BenchCall): Promise<BenchReport> {
  const engines = await enginesOf(asked, call.signal);
  const environment = await environmentOf(
    asked,
    engines.includes('fused') ? 'fused' : 'autograd',
    call.signal,
  );
  const options = { ...asked, engines, device: environment.device };
  const epochs = await takeTurns(epochSides(options), options.repeats, call);
  const sweeps = await takeTurns(sweepSides(options.sweep), options.repeats, call);
  const wholeRuns = await takeTurns(wholeRunSides(options), options.repeats, call);
  return {
    schemaVersion: 1,
    date: new Date().toISOString(),
    processor: cpus()[0]?.model ?? 'unknown',
    cpus: availableParallelism(),
    environment,
    options,
    epochs: epochs.map((turns) => epochMeasurement(turns, epochs[0] ?? turns)),
    wholeRuns: wholeRuns.map((turns) => wholeRunMeasurement(turns, wholeRuns[0] ?? turns)),
    sweeps: sweeps.map((turns) => runsMeasurement(turns, sweeps[0] ?? turns)),
  };
}

/** The engines to measure that can train the network. */
async function enginesOf(asked: BenchOptions, signal: AbortSignal): Promise<BenchOptions['engines']> {
  if (!asked.network) return asked.engines;
  const { engineReason } = await environmentOf({ ...asked, precision: 'fp32' }, 'auto', signal);
  const engines = asked.engines.filter((engine) => engineReason === null || engine === 'autograd');
  if (engines.length > 0) return engines;
  const remedy = 'Choose another engine (--engines), or leave it to the network.';
  throw new ClTorchError(
    'ENGINE_UNAVAILABLE',
    `The fused engine cannot train this: ${engineReason}. ${remedy}`,
  );
}

function environmentOf(
  { device, threads, precision, network }: BenchOptions,
  engine: TrainingOptions['engine'],
  signal: AbortSignal,
): Promise<Environment> {
  const { strategy, config } = plainTraining({ ...network?.settings, device, threads, precision, engine });
  return resolveEnvironment(machineOf(strategy, config), signal);
}

async function takeTurns<Sample>(
  sides: readonly Side<Sample>[],
  repeats: number,
  { signal, onTurn }: BenchCall,
): Promise<Turns<Sample>[]> {
  const all = sides.map(
    ({ name }): Turns<Sample> => ({ name, samples: [], seconds: [], peakMemoryBytes: [] }),
  );
  for (let repeat = 0; repeat < repeats; ++repeat) {
    for (const [i, side] of sides.entries()) {
      onTurn(side.name, repeat, repeats);
      const { sample, outcome } = await side.measure(signal);
      all[i]?.samples.push(sample);
      all[i]?.seconds.push(outcome.seconds);
      all[i]?.peakMemoryBytes.push(outcome.peakMemoryBytes);
    }
  }
  return all;
}

function epochMeasurement(turns: Turns<EpochSample>, first: Turns<EpochSample>): EpochMeasurement {
  const { name, samples, peakMemoryBytes } = turns;
  const epochs = samples.map(typicalEpoch);
  const ofOurs = (pick: (sample: EpochSample) => number | undefined) => {
    const values = samples.map(pick).filter((value) => value !== undefined);
    return values.length > 0 ? spreadOf(values) : null;
  };
  return {
    name,
    epoch: spreadOf(epochs),
    timesFirst: ratiosOf(epochs, first.samples.map(typicalEpoch)),
    timesFloor: ofOurs((sample) => timesFloor(sample, sample.floorSeconds)),
    timesLibtorchFloor: ofOurs((sample) => timesFloor(sample, sample.libtorchFloorSeconds)),
    gflops: ofOurs(({ operations, ...sample }) => operations && operations / typicalEpoch(sample) / 1e9),
    setup: ofOurs((sample) => sample.setupSeconds),
    evaluation: ofOurs((sample) => sample.evaluationSeconds),
    largestTimerGap: ofOurs((sample) => sample.largestTimerGap),
    peakMemoryBytes: spreadOf(peakMemoryBytes),
  };
}

function timesFloor(sample: EpochSample, floor: readonly number[] | undefined): number | undefined {
  return floor && typicalEpoch(sample) / medianOf(floor.slice(1));
}

/** The first epoch warms up. */
function typicalEpoch({ epochSeconds }: Pick<EpochSample, 'epochSeconds'>): number {
  return medianOf(epochSeconds.slice(1));
}

function wholeRunMeasurement(
  turns: Turns<WholeRunSample>,
  first: Turns<WholeRunSample>,
): WholeRunMeasurement {
  return {
    ...runsMeasurement(turns, first),
    finalAccuracy: mean(turns.samples[0]?.accuracy.at(-1) ?? []),
  };
}

function runsMeasurement(
  { name, seconds, peakMemoryBytes }: Turns<unknown>,
  first: Turns<unknown>,
): RunsMeasurement {
  return {
    name,
    seconds: spreadOf(seconds),
    timesFirst: ratiosOf(seconds, first.seconds),
    peakMemoryBytes: spreadOf(peakMemoryBytes),
  };
}
