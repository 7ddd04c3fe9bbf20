import type { SweepReport } from '../../sweep/plan/types.js';
import { nameOf, wholeTrials } from '../sweep/rows.js';
import { measureOf, searchImages } from '../sweep/words.js';
import { cellText } from '../text/data-table.js';
import { seriesColor } from './colors.js';
import type { Figure } from './figure.js';
import { type Panel, panelsPlot } from './panels.js';
import { percentDomain, wholeTicks } from './ticks.js';

/** So many lines have colours that can be told apart. */
const MOST_LINES = 8;

interface Step {
  readonly method: number;
  /** Settings tried. */
  readonly tried: number;
  /** The best value of them. */
  readonly best: number;
}

/** The best value so far as settings are tried; null of a grid, whose order tells nothing, and where no method has two. */
export function searchFigure(report: SweepReport): Figure | null {
  const { spec, methods } = report;
  if (spec.search.kind === 'grid' || methods.every((method) => method.trials.length < 2)) return null;
  const steps = methods.flatMap((method, index) => stepsOf(report, index, method.trials.length));
  if (steps.length === 0) return null;
  const names = methods.map(nameOf);
  const [measure, images] = [measureOf(spec).name, searchImages(spec)];
  const longest = Math.max(...steps.map(({ tried }) => tried));
  const own = (index: number): Step[] => steps.filter(({ method }) => method === index);
  const isMany = methods.length > MOST_LINES;
  return {
    id: 'search',
    title: `The best setting so far, on ${images}`,
    caption:
      `The best ${measure} (mean over the seeds) of the settings up to each one, in the order in which they were drawn.` +
      `${spec.search.kind === 'asha' ? ' Only settings that came to the last rung so far.' : ''}${isMany ? ' A panel for each method, the best first, before the lines of all others.' : ''}`,
    description: names
      .map((name, index) => `${name} ends at ${cellText(own(index).at(-1)?.best ?? null, 1)} percent.`)
      .join(' '),
    ...(isMany
      ? {}
      : {
          legend: names.flatMap((label, index) =>
            own(index).length === 0 ? [] : [{ label, color: seriesColor(index) }],
          ),
        }),
    isFull: true,
    plot: (plot, size) => {
      const x = {
        label: 'settings tried',
        tickFormat: 'd',
        ticks: wholeTicks(1, Math.max(2, longest), isMany ? 4 : size.narrow ? 6 : 11),
        domain: [1, Math.max(2, longest)],
      };
      const y = {
        label: `${measure}, %`,
        grid: true,
        nice: true,
        domain: percentDomain(steps.map(({ best }) => best)),
      };
      if (isMany) return panelsPlot(plot, size, panelsOf(names, steps), { x, y: { ...y, ticks: 4 } });
      return {
        height: size.narrow ? 260 : 320,
        marginLeft: 42,
        marginRight: 14,
        x,
        y,
        color: { type: 'identity' },
        marks: [
          plot.line(steps, {
            x: 'tried',
            y: 'best',
            z: 'method',
            curve: 'step-after',
            stroke: ({ method }: Step) => seriesColor(method),
            strokeWidth: 2.25,
          }),
          plot.dot(
            steps.filter(
              (step, i) => step.best !== steps[i - 1]?.best || step.method !== steps[i - 1]?.method,
            ),
            {
              x: 'tried',
              y: 'best',
              r: 3.5,
              fill: ({ method }: Step) => seriesColor(method),
              title: ({ method, tried, best }: Step) =>
                `${names[method]}, after ${tried} settings: ${best.toFixed(2)} %`,
            },
          ),
        ],
      };
    },
    table: {
      caption: `The best ${measure} so far, percent of ${images}`,
      name: 'search',
      columns: [{ label: 'settings tried' }, ...names.map((label) => ({ label, digits: 2 }))],
      rows: Array.from({ length: longest }, (_, i) => [
        String(i + 1),
        ...names.map((_name, index) => own(index).find(({ tried }) => tried === i + 1)?.best ?? null),
      ]),
    },
  };
}

function stepsOf(report: SweepReport, index: number, count: number): Step[] {
  const method = report.methods[index];
  const values = new Map(
    (method ? wholeTrials(report, method) : []).map(({ number, value }) => [number, value]),
  );
  const steps: Step[] = [];
  for (let number = 0; number < count; ++number) {
    const best = Math.max(
      steps.at(-1)?.best ?? Number.NEGATIVE_INFINITY,
      values.get(number) ?? Number.NEGATIVE_INFINITY,
    );
    if (Number.isFinite(best)) steps.push({ method: index, tried: number + 1, best });
  }
  return steps;
}

function panelsOf(names: readonly string[], steps: readonly Step[]): Panel[] {
  return names.flatMap((name, index) => {
    const points = steps
      .filter(({ method }) => method === index)
      .map(({ tried, best }) => ({ task: tried, mean: best, low: best, high: best }));
    return points.length === 0
      ? []
      : [{ name, color: 'var(--series-0)', value: points.at(-1)?.mean ?? null, points }];
  });
}
