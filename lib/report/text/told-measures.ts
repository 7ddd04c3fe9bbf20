import { meanAndDeviation } from '../../metrics/statistics.js';
import type { RunResult } from '../../runs/types.js';
import type { TaskReport } from '../../training/report.js';
import { headText } from './data-table.js';

/** A number of a whole run that its strategy told. */
export interface ToldMeasure {
  /** With its phase and its unit. */
  readonly label: string;
  of(run: RunResult): number | null;
}

/** What the strategies of these runs told: the means of their measures over the tasks, and the seconds of their phases. */
export function toldMeasures(runs: readonly RunResult[]): ToldMeasure[] {
  const found = new Map<string, ToldMeasure>();
  for (const report of runs.flatMap(({ taskReports }) => taskReports)) {
    for (const [name, { label, unit, phase }] of Object.entries(report.measures)) {
      const words = headText({ label: `${phaseLabel(report, phase)}${label}`, unit });
      found.set(`measure ${name} ${words}`, {
        label: words,
        of: ({ taskReports }) =>
          meanOf(
            taskReports.map(({ measures }) => (Object.hasOwn(measures, name) ? measures[name]?.value : null)),
          ),
      });
    }
    for (const [name, { label }] of Object.entries(report.phases)) {
      found.set(`phase ${name}`, {
        label: `${label}: time, s`,
        of: ({ seconds }) => (Object.hasOwn(seconds.phases, name) ? (seconds.phases[name] ?? null) : null),
      });
    }
  }
  return [...found.values()];
}

function phaseLabel({ phases }: TaskReport, phase: string | undefined): string {
  return phase === undefined ? '' : `${phases[phase]?.label ?? phase}: `;
}

/** Of those that are finite numbers; null when none is. */
function meanOf(values: readonly (number | null | undefined)[]): number | null {
  const finite = values.filter((value) => typeof value === 'number' && Number.isFinite(value)) as number[];
  return finite.length > 0 ? meanAndDeviation(finite).mean : null;
}
