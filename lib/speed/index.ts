import { availableParallelism, cpus } from 'node:os';
import { mean } from '../metrics/numpy.js';
import { networks } from '../networks/index.js';
import { parseOptions } from '../options/check.js';
import { resolveEnvironment } from '../training/environment.js';
import { trainingOptions } from '../training/options.js';
import { epochSides, type Side, type WholeRunSample, wholeRunSides } from './sides.js';
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
 * Measures epochs of the baseline, and whole runs where asked to: the sides take turns, each measurement in a process
 * of its own.
 *
 * @throws {ClTorchError} BENCH_FAILED when a side cannot be measured; ABORTED by the signal.
 */
export async function bench(asked: BenchOptions, call: BenchCall): Promise<BenchReport> {
  const { device, threads, precision } = asked;
  const engine = asked.engines.includes('fused') ? 'fused' : 'autograd';
  const config = parseOptions(trainingOptions, { device, threads, precision, engine });
  const environment = await resolveEnvironment({ ...config, network: networks[0].name }, call.signal);
  const options = { ...asked, device: environment.device };
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
