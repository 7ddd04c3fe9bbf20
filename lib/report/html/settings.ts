import type { RunResult } from '../../experiment/types.js';
import type { Cell, DataTable } from './data-table.js';

/** Every option of the runs, with a column for each run or method; what differs comes first. */
export function configurationTable(
  columns: readonly { readonly label: string; readonly result: RunResult }[],
): DataTable {
  const configs = columns.map(({ result }) => Object.entries(result.config));
  const keys = [...new Set(configs.flatMap((entries) => entries.map(([key]) => key)))];
  const rows = keys.map((key) => [key, ...configs.map((entries) => settingText(new Map(entries).get(key)))]);
  const differs = (row: readonly Cell[]): boolean => new Set(row.slice(1)).size > 1;
  return {
    caption: columns.length > 1 ? 'Configuration; what differs comes first' : 'Configuration',
    name: 'configuration',
    columns: [{ label: 'option' }, ...columns.map(({ label }) => ({ label }))],
    rows: [...rows.filter(differs), ...rows.filter((row) => !differs(row))],
  };
}

/** What the numbers depend on beside the options. */
export function environmentTable(
  columns: readonly { readonly label: string; readonly result: RunResult }[],
): DataTable {
  const keys = Object.keys(columns[0]?.result.environment ?? {});
  return {
    caption: 'Machine and versions',
    name: 'environment',
    columns: [{ label: 'what' }, ...columns.map(({ label }) => ({ label }))],
    rows: keys.map((key) => [
      key,
      ...columns.map(({ result }) => settingText(new Map(Object.entries(result.environment)).get(key))),
    ]),
  };
}

function settingText(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? value.join(', ') : String(value);
}
