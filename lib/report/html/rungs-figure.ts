import { count } from '../../base/count.js';
import { meanAndDeviation } from '../../metrics/statistics.js';
import type { MethodSummary, RunSummary, SweepReport } from '../../sweep/plan/types.js';
import { nameOf, rungsOf } from '../sweep/rows.js';
import { measureOf, searchImages, settingWords } from '../sweep/words.js';
import type { Figure } from './figure.js';
import { percentDomain } from './ticks.js';

/** A setting at the end of a rung. */
interface RungPoint {
  readonly number: number;
  readonly tasks: number;
  readonly value: number;
  readonly color: string;
  readonly tip: string;
}

/** Which settings asha promoted: the value of each at the end of each rung that it reached; null of other searches. */
export function rungsFigure({ spec }: SweepReport, method: MethodSummary, index: number): Figure | null {
  const rungs = rungsOf(method);
  if (spec.search.kind !== 'asha' || rungs.length < 2) return null;
  const points = method.trials.flatMap(({ number, setting, runs, tasks }) =>
    rungs
      .filter((rung) => rung <= tasks)
      .flatMap((rung): RungPoint[] => {
        const value = valueAt(runs, rung, spec.choice.by);
        if (value === null) return [];
        const tip = `setting ${number}, after ${rung} tasks: ${value.toFixed(2)} % (${settingWords(setting)})`;
        return [{ number, tasks: rung, value, color: colorOf(rungs.indexOf(tasks), rungs.length), tip }];
      }),
  );
  if (points.length === 0) return null;
  const reached = rungs.map((rung) => method.trials.filter(({ tasks }) => tasks === rung).length);
  const counted = rungs.map((rung, place) => ({
    label: `${count(reached[place] ?? 0, 'setting')} to ${count(rung, 'task')}`,
    color: colorOf(place, rungs.length),
  }));
  const measure = measureOf(spec).name;
  return {
    id: `rungs-${index}`,
    title: `${nameOf(method)}: which settings went on, on ${searchImages(spec)}`,
    caption:
      `The ${measure} of each setting (mean over the seeds) after each rung that it reached. Of those at a rung one in ` +
      `${spec.search.reduction} goes on; numbers of different rungs are of different tasks and are not compared.`,
    description: counted.map(({ label }) => label).join(', '),
    legend: counted,
    isFull: true,
    plot: (plot, { narrow }) => ({
      height: narrow ? 260 : 320,
      marginLeft: 42,
      marginRight: 16,
      x: { label: 'tasks learnt', type: 'point', domain: [...rungs], padding: 0.25, tickSize: 0 },
      y: {
        label: `${measure}, %`,
        grid: true,
        nice: true,
        domain: percentDomain(points.map(({ value }) => value)),
      },
      color: { type: 'identity' },
      marks: [
        plot.line(points, { x: 'tasks', y: 'value', z: 'number', stroke: 'color', strokeWidth: 1.5 }),
        plot.dot(points, { x: 'tasks', y: 'value', r: 3, fill: 'color', title: 'tip' }),
      ],
    }),
    table: {
      caption: `The ${measure} after each rung, percent of ${searchImages(spec)}`,
      name: `rungs-${index}`,
      columns: [
        { label: 'setting' },
        ...rungs.map((rung) => ({ label: `after ${count(rung, 'task')}`, digits: 2 })),
      ],
      rows: method.trials.map(({ number }) => [
        String(number),
        ...rungs.map(
          (rung) => points.find((point) => point.number === number && point.tasks === rung)?.value ?? null,
        ),
      ]),
    },
  };
}

/** The mean over the seeds of what is chosen by, as it was after so many tasks; null where a seed has not come so far. */
function valueAt(runs: readonly RunSummary[], tasks: number, by: 'final' | 'average'): number | null {
  if (runs.length === 0 || runs.some(({ taskMeans }) => taskMeans.length < tasks)) return null;
  const values = runs.map(({ taskMeans }) =>
    by === 'final' ? (taskMeans[tasks - 1] ?? Number.NaN) : meanAndDeviation(taskMeans.slice(0, tasks)).mean,
  );
  return meanAndDeviation(values).mean;
}

/** The further, the stronger. */
function colorOf(rung: number, rungs: number): string {
  if (rung === rungs - 1) return 'var(--series-1)';
  return rung <= 0 ? 'color-mix(in oklab, var(--soft) 45%, var(--card))' : 'var(--series-0)';
}
