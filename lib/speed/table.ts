import { networkText } from '../session/network.js';
import { networkTraining } from './plain-training.js';
import type {
  BenchOptions,
  BenchReport,
  EpochMeasurement,
  MeasuredNetwork,
  RunsMeasurement,
  Spread,
  WholeRunMeasurement,
} from './types.js';

/** A report as Markdown: tables that read well on a terminal and in docs/speed.md. */
export function benchTables(report: BenchReport): string {
  const { environment, processor, cpus, options, epochs, wholeRuns, sweeps, date } = report;
  const where =
    environment.device === 'cpu'
      ? environment.deviceName
      : `${environment.device}, ${environment.deviceName}`;
  const heading =
    `${processor}, ${cpus} CPUs; ${where}; ${options.threads} threads; Node ${environment.node}, ` +
    `LibTorch ${environment.libtorch}; ${date.slice(0, 10)}.\nMedians of ${options.repeats} (least–most).`;
  const parts = [heading, `${epochTitle(options)}:\n\n${epochTable(epochs, options)}`];
  if (options.wholeRun && wholeRuns.length > 0) {
    const { tasks, epochs: passes } = options.wholeRun;
    parts.push(
      `The reference implementation, ${tasks} tasks × ${passes} epochs, command to result:\n\n${runsTable(wholeRuns, 2)}`,
    );
  }
  if (sweeps.length > 0) {
    parts.push(`${options.sweep} tiny runs, from the command to the last file:\n\n${runsTable(sweeps, 3)}`);
  }
  return parts.join('\n\n');
}

function epochTitle({ network }: BenchOptions): string {
  if (!network) return 'Training epoch of the baseline, 60,000 images';
  const { spec, config } = networkTraining(network);
  const images = network.images === undefined ? 'images of MNIST' : 'made-up images';
  return `Training epoch of ${networkText(spec)}, ${network.examples} ${images} in batches of ${config.batchSize}`;
}

/** What no side tells has no column. */
function epochTable(sides: readonly EpochMeasurement[], { network }: BenchOptions): string {
  const columns: readonly (readonly [string, (side: EpochMeasurement) => string])[] = [
    ['', ({ name }) => name],
    ['s', ({ epoch }) => range(epoch, 2)],
    ['ms a step', ({ epoch }) => (network ? range(scaled(epoch, 1000 / stepsOf(network)), 1) : '')],
    ['× first', ({ timesFirst }) => range(timesFirst, 2)],
    ['× floor', ({ timesFloor }) => range(timesFloor, 2)],
    ["× LibTorch's", ({ timesLibtorchFloor }) => range(timesLibtorchFloor, 2)],
    ['GFLOP/s', ({ gflops }) => range(gflops, 0)],
    ['set-up s', ({ setup }) => range(setup, 2)],
    ['evaluation s', ({ evaluation }) => range(evaluation, 3)],
    ['timer gap ms', ({ largestTimerGap }) => range(largestTimerGap, 0)],
    ['peak MB', ({ peakMemoryBytes }) => range(scaled(peakMemoryBytes, 1e-6), 0)],
  ];
  const told = columns.filter(([head, text]) => head === '' || sides.some((side) => text(side) !== ''));
  return table([told.map(([head]) => head), ...sides.map((side) => told.map(([, text]) => text(side)))]);
}

function stepsOf(network: MeasuredNetwork): number {
  return Math.ceil(network.examples / networkTraining(network).config.batchSize);
}

/** From the command to the end, with `digits` of the ratio; and what was learnt, where that was measured. */
function runsTable(sides: readonly (RunsMeasurement | WholeRunMeasurement)[], digits: number): string {
  const withAccuracy = sides.some((side) => 'finalAccuracy' in side);
  const rows = sides.map((side) => [
    side.name,
    range(side.seconds, 1),
    range(side.timesFirst, digits),
    range(scaled(side.peakMemoryBytes, 1e-6), 0),
    ...('finalAccuracy' in side ? [side.finalAccuracy.toFixed(2)] : []),
  ]);
  return table([['', 's', '× first', 'peak MB', ...(withAccuracy ? ['final mean %'] : [])], ...rows]);
}

function scaled({ median, least, greatest }: Spread, factor: number): Spread {
  return { median: median * factor, least: least * factor, greatest: greatest * factor };
}

function range(spread: Spread | null, digits: number): string {
  if (spread === null) return '';
  const { median, least, greatest } = spread;
  return `${median.toFixed(digits)} (${least.toFixed(digits)}–${greatest.toFixed(digits)})`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0), 3),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [heads = [], ...body] = rows;
  return [line(heads), rule, ...body.map(line)].join('\n');
}
