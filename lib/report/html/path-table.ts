import { type DataTable, decimalsFor } from '../text/data-table.js';

/** A task's values, each at `first + i * every`. */
export interface TaskPath {
  readonly task: number;
  readonly first: number;
  readonly every: number;
  readonly path: readonly number[];
}

/** Curves side by side, a row for each place that one of them has, a column for each task. */
export function pathTable(
  { caption, name, place }: { readonly caption: string; readonly name: string; readonly place: string },
  paths: readonly TaskPath[],
): DataTable {
  const columns = paths.map(
    ({ first, every, path }) => new Map(path.map((value, i) => [first + i * every, value])),
  );
  const places = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
  const digits = decimalsFor(paths.flatMap(({ path }) => [...path]));
  return {
    caption,
    name,
    columns: [{ label: place }, ...paths.map(({ task }) => ({ label: `task ${task}`, digits }))],
    rows: places.map((at) => [String(at), ...columns.map((column) => column.get(at) ?? null)]),
  };
}
