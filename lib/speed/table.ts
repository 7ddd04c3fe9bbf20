import type { BenchReport, EpochMeasurement, RunsMeasurement, Spread, WholeRunMeasurement } from './types.js';

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
  const parts = [heading, `Training epoch of the baseline, 60,000 images:\n\n${epochTable(epochs)}`];
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

function epochTable(sides: readonly EpochMeasurement[]): string {
  const heads = [
    '',
    's',
    '× first',
    '× floor',
    "× LibTorch's",
    'GFLOP/s',
    'set-up s',
    'evaluation s',
    'timer gap ms',
    'peak MB',
  ];
  const rows = sides.map((side) => [
    side.name,
    range(side.epoch, 2),
    range(side.timesFirst, 2),
    range(side.timesFloor, 2),
    range(side.timesLibtorchFloor, 2),
    range(side.gflops, 0),
    range(side.setup, 2),
    range(side.evaluation, 3),
    range(side.largestTimerGap, 0),
    range(megabytes(side.peakMemoryBytes), 0),
  ]);
  return table([heads, ...rows]);
}

/** From the command to the end, with `digits` of the ratio; and what was learnt, where that was measured. */
function runsTable(sides: readonly (RunsMeasurement | WholeRunMeasurement)[], digits: number): string {
  const withAccuracy = sides.some((side) => 'finalAccuracy' in side);
  const rows = sides.map((side) => [
    side.name,
    range(side.seconds, 1),
    range(side.timesFirst, digits),
    range(megabytes(side.peakMemoryBytes), 0),
    ...('finalAccuracy' in side ? [side.finalAccuracy.toFixed(2)] : []),
  ]);
  return table([['', 's', '× first', 'peak MB', ...(withAccuracy ? ['final mean %'] : [])], ...rows]);
}

function megabytes({ median, least, greatest }: Spread): Spread {
  return { median: median / 1e6, least: least / 1e6, greatest: greatest / 1e6 };
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
