import type { RunResult } from '../../runs/types.js';
import type { TaskCurve } from '../../training/report.js';
import { type Cell, type Column, type DataTable, decimalsFor } from '../text/data-table.js';
import { imagesOf } from '../text/images.js';
import { groupsOf, type ReportGroup } from '../text/reported.js';
import { curveFigure, type TaskLine } from './curve-figure.js';
import type { Figure } from './figure.js';
import { type MeasureColumns, measureFigure } from './measure-figure.js';

/**
 * What the strategy told of its tasks, in pictures: one for each curve; of a phase without any, and of what belongs to no
 * phase, one for each measure. Each has the numbers of its phase below it.
 */
export function reportFigures(result: RunResult): Figure[] {
  const count = result.taskReports.length;
  return groupTables(result).flatMap(({ phase, table, measures }) => {
    const curves = curvesOf(result, phase).flatMap(([name, lines]) => curveFigure(name, lines, count) ?? []);
    const [first, ...others] = curves;
    if (first) {
      const { table: path, ...figure } = first;
      return table.columns.length > 1 ? [{ ...figure, table, moreTables: [path] }, ...others] : curves;
    }
    return measures.flatMap((columns) => measureFigure(table, columns) ?? []);
  });
}

/** Curves by their names, each with the tasks that have it. */
function curvesOf({ taskReports }: RunResult, phase: string | undefined): [string, TaskLine[]][] {
  const byName = new Map<string, TaskLine[]>();
  for (const [task, { curves }] of taskReports.entries()) {
    for (const [name, curve] of Object.entries<TaskCurve>(curves)) {
      if (curve.phase === phase) byName.set(name, [...(byName.get(name) ?? []), { task, curve }]);
    }
  }
  return [...byName];
}

/** A number of a phase: how it is written, and how a task's is found. */
interface Source {
  readonly key: string;
  readonly label: string;
  /** Of its own picture, where the label says too little there. */
  readonly title?: string;
  readonly shape: Omit<Column, 'label'>;
  /** Undefined where nothing before it is known. */
  readonly before: ((group: ReportGroup) => number | null) | undefined;
  after(group: ReportGroup): number | null;
}

interface GroupTable {
  readonly phase: string | undefined;
  readonly table: DataTable;
  readonly measures: readonly MeasureColumns[];
}

/** Of each phase, and of what belongs to none: a row for each task that has something of it. */
function groupTables(result: RunResult): GroupTable[] {
  const tasks = result.taskReports.map((report, task) => groupsOf(report, result.accuracy[task] ?? []));
  const phases = new Set(result.taskReports.flatMap((report) => Object.keys(report.phases)));
  return [...phases, undefined].map((phase) => {
    const found = tasks.flatMap((groups, task) =>
      groups
        .filter(({ name, measures, means }) => name === phase && (measures.length > 0 || means !== null))
        .map((group) => ({ task, group })),
    );
    return { phase, ...tableOf(phase, found, sourcesOf(found, result)) };
  });
}

function tableOf(
  phase: string | undefined,
  found: readonly { readonly task: number; readonly group: ReportGroup }[],
  sources: readonly Source[],
): Omit<GroupTable, 'phase'> {
  const columns: Column[] = [{ label: 'task' }];
  const measures = sources.map(({ key, label, title = label, shape, before }): MeasureColumns => {
    if (before === undefined) return { key, title, before, after: columns.push({ ...shape, label }) - 1 };
    const place = columns.push({ ...shape, label: `${label} before` }) - 1;
    return { key, title, before: place, after: columns.push({ ...shape, label: `${label} after` }) - 1 };
  });
  const label = found[0]?.group.label;
  const table = {
    caption: label === undefined ? 'What the strategy told of each task' : `Of each task: ${label}`,
    name: phase ?? 'strategy',
    columns,
    rows: found.map(({ task, group }): Cell[] => [
      String(task),
      ...sources.flatMap(({ before, after }) => [...(before ? [before(group)] : []), after(group)]),
    ]),
  };
  return { table, measures };
}

/** The measures of a phase in all tasks, and the mean accuracies around it where these were measured. */
function sourcesOf(found: readonly { readonly group: ReportGroup }[], { config }: RunResult): Source[] {
  const all = found.flatMap(({ group }) => group.measures);
  const sources = [...new Set(all.map(([name]) => name))].map((name): Source => {
    const own = all.filter(([other]) => other === name).map(([, measure]) => measure);
    const { label = name, unit } = own[0] ?? {};
    const digits = own[0]?.digits ?? decimalsFor(own.flatMap(({ before = null, value }) => [before, value]));
    const inGroup = ({ measures }: ReportGroup) => measures.find(([other]) => other === name)?.[1];
    return {
      key: name,
      label,
      shape: { digits, unit },
      before: own.some(({ before }) => before !== undefined)
        ? (group) => inGroup(group)?.before ?? null
        : undefined,
      after: (group) => inGroup(group)?.value ?? null,
    };
  });
  if (!found.some(({ group }) => group.means !== null)) return sources;
  const means: Source = {
    key: 'mean-accuracy',
    label: 'mean',
    title: 'mean accuracy',
    shape: { unit: `% of ${imagesOf(config)}`, digits: 2 },
    before: ({ means }) => means?.before ?? null,
    after: ({ means }) => means?.after ?? null,
  };
  return [...sources, means];
}
