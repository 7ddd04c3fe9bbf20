import type { RunResult } from '../../runs/types.js';
import { cellText } from '../text/data-table.js';
import { phaseTimes } from '../text/reported.js';
import { duration } from '../text/text.js';
import type { Figure } from './figure.js';
import { wholeTicks, zeroDomain } from './ticks.js';

/** Training loss, epoch after epoch; null where no epoch has one. */
export function lossFigure({ losses }: RunResult): Figure | null {
  if (!losses.flat().some(Number.isFinite)) return null;
  let epoch = 0;
  const points = losses.flatMap((row, task) =>
    row.map((loss, index) => ({
      at: ++epoch,
      task,
      epoch: index,
      loss: Number.isFinite(loss) ? loss : Number.NaN,
    })),
  );
  const ends = losses.slice(0, -1).map((_, task) => losses.slice(0, task + 1).flat().length + 0.5);
  const [first, last] = [points[0], points.at(-1)];
  return {
    id: 'loss',
    title: 'Training loss',
    caption: 'Mean over the steps of each epoch on the training images, a line for each task.',
    description: `Line chart over ${points.length} epochs, from ${cellText(first?.loss ?? null, 3)} to ${cellText(last?.loss ?? null, 3)}.`,
    plot: (plot, { narrow }) => ({
      height: narrow ? 220 : 300,
      marginLeft: 44,
      x: {
        label: 'epoch',
        tickFormat: 'd',
        ticks: wholeTicks(1, points.length, narrow ? 6 : 11),
        domain: [0.5, points.length + 0.5],
      },
      y: { label: 'loss', grid: true, nice: true, domain: zeroDomain(points.map(({ loss }) => loss)) },
      marks: [
        plot.ruleX(ends, { stroke: 'var(--line)', strokeDasharray: '2 3' }),
        plot.line(points, { x: 'at', y: 'loss', z: 'task', stroke: 'var(--series-0)', strokeWidth: 2 }),
        plot.dot(points, {
          x: 'at',
          y: 'loss',
          fill: 'var(--series-0)',
          r: points.length > 150 ? 1.2 : 2.5,
          title: ({ task, epoch: index, loss }: (typeof points)[number]) =>
            `task ${task}, epoch ${index}: ${loss.toFixed(4)}`,
        }),
      ],
    }),
    table: {
      caption: 'Mean training loss of each epoch',
      name: 'losses',
      columns: [
        { label: 'epoch' },
        { label: 'task' },
        { label: 'epoch of the task' },
        { label: 'loss', digits: 4 },
      ],
      rows: points.map(({ at, task, epoch: index, loss }) => [String(at), task, index, loss]),
    },
  };
}

/** Letters of 12 pixels, and room to the axis. */
const [LETTER_WIDTH, LABEL_GAP] = [6.8, 22];

/** Where the time went. */
export function timeFigure(result: RunResult): Figure {
  const { total, setup, training, search, evaluation } = result.seconds;
  const phases = [
    { phase: 'setup', value: setup },
    { phase: 'training', value: training },
    ...phaseTimes(result).map(({ label, seconds }) => ({ phase: label, value: seconds })),
    { phase: 'evaluation', value: evaluation },
    { phase: 'other', value: Math.max(0, total - setup - training - search - evaluation) },
  ].filter(({ phase, value }) => value > 0 || phase === 'training');
  const longest = Math.max(...phases.map(({ phase }) => phase.length));
  return {
    id: 'time',
    title: 'Time by phase',
    caption: `${duration(total)} in all, wall-clock. Peak memory of the process: ${(result.peakMemoryBytes / 1e6).toFixed(0)} MB.`,
    description: `Bar chart. ${phases.map(({ phase, value }) => `${phase}: ${duration(value)}.`).join(' ')}`,
    plot: (plot, { narrow }) => ({
      height: 62 + 34 * phases.length,
      marginLeft: Math.max(76, LABEL_GAP + LETTER_WIDTH * longest),
      marginRight: narrow ? 58 : 70,
      x: { label: 'seconds', ticks: narrow ? 4 : 6, grid: true },
      y: { label: null, tickSize: 0, domain: phases.map(({ phase }) => phase), padding: 0.3 },
      marks: [
        plot.barX(phases, { x: 'value', y: 'phase', fill: 'var(--series-0)' }),
        plot.text(phases, {
          x: 'value',
          y: 'phase',
          text: ({ value }: (typeof phases)[number]) => duration(value),
          textAnchor: 'start',
          dx: 5,
        }),
      ],
    }),
    table: {
      caption: 'Wall-clock seconds',
      name: 'seconds',
      columns: [{ label: 'phase' }, { label: 'seconds', digits: 2 }, { label: 'share, %', digits: 1 }],
      rows: [...phases, { phase: 'total', value: total }].map(({ phase, value }) => [
        phase,
        value,
        total > 0 ? (100 * value) / total : null,
      ]),
    },
  };
}
