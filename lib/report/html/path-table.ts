import type { DataTable } from './data-table.js';

/** The course of a search after or before a task. */
export interface TaskPath {
  readonly task: number;
  readonly path: readonly number[];
}

/** Searches side by side, a column for each task: row `n` has the values after `first + n` steps. */
export function pathTable(
  { caption, name, first }: { readonly caption: string; readonly name: string; readonly first: number },
  paths: readonly TaskPath[],
): DataTable {
  const steps = Math.max(0, ...paths.map(({ path }) => path.length));
  return {
    caption,
    name,
    columns: [{ label: 'step' }, ...paths.map(({ task }) => ({ label: `task ${task}`, digits: 4 }))],
    rows: Array.from({ length: steps }, (_, step) => [
      String(first + step),
      ...paths.map(({ path }) => path[step] ?? null),
    ]),
  };
}
