import type { RunResult } from '../../runs/types.js';
import { csv } from '../csv.js';
import type { Cell, DataTable } from '../text/data-table.js';
import { csvLink, tableMarkup } from './data-table.js';
import { html, type Markup } from './markup.js';

/** Beside the options' names, in a table that fits a page. */
const MOST_COLUMNS = 8;

/** A run that stands for a column: of a method, its first. */
export interface SettingsColumn {
  readonly label: string;
  readonly result: RunResult;
}

/** Every option of the runs, and what the numbers depend on beside them. */
export function settingsMarkup(columns: readonly SettingsColumn[]): Markup {
  return html`${group(columns, 'Configuration', 'configuration', ({ config }) => config)}
${group(columns, 'Machine and versions', 'environment', ({ environment }) => environment)}`;
}

/** What differs, as a table with a column for each method; the rest as a list, in as many columns as there is room for. */
function group(
  columns: readonly SettingsColumn[],
  title: string,
  name: string,
  settings: (result: RunResult) => object,
): Markup {
  const all = columns.map(({ result }) => new Map<string, unknown>(Object.entries(settings(result))));
  // Seeds and folders differ inside a method, too: they are told run by run.
  const leftOut = columns.length > 1 ? ['seed', 'out'] : [];
  const keys = [...new Set(all.flatMap((map) => [...map.keys()]))].filter((key) => !leftOut.includes(key));
  const rows = keys.map((key) => [key, ...all.map((map) => settingText(map.get(key)))]);
  const differs = (row: readonly Cell[]): boolean => new Set(row.slice(1)).size > 1;
  const heads = [{ label: 'option' }, ...columns.map(({ label }) => ({ label }))];
  const differences: DataTable = {
    caption: `${title}: what differs`,
    name: `${name}-differences`,
    columns: heads,
    rows: rows.filter(differs),
  };
  const different = columns.length > MOST_COLUMNS ? byValue(differences) : turned(differences);
  const same = rows.filter((row) => !differs(row));
  return html`${different.rows.length > 0 ? tableMarkup(different) : null}
<h3>${title}${different.rows.length > 0 ? ': the same for all' : ''}</h3>
<dl class="settings">${same.map(([key, value]) => html`<div><dt>${key ?? ''}</dt><dd>${value ?? '–'}</dd></div>`)}</dl>
${csvLink(name, csv({ columns: heads, rows }))}`;
}

/** The values of each option, each with the methods that have it, but for what are the methods' names: as wide for any number of methods. */
function byValue(table: DataTable): DataTable {
  const labels = table.columns.slice(1).map(({ label }) => label);
  const tells = ([, ...values]: readonly Cell[]): boolean => values.some((value, i) => value !== labels[i]);
  const rows = table.rows.filter(tells).map(([key = null, ...values]) => {
    const having = [...new Set(values)].flatMap((value) => {
      const those = labels.filter((_, i) => values[i] === value);
      return value === null ? [] : [`${value}: ${those.join(', ')}`];
    });
    return [key, having.join('; ')];
  });
  return {
    ...table,
    columns: [{ label: 'option' }, { label: 'values, and the methods that have them' }],
    rows,
  };
}

/** With a row for each method, where these are more than the options. */
function turned(table: DataTable): DataTable {
  const { columns, rows } = table;
  if (columns.length - 1 <= rows.length || rows.length === 0) return table;
  return {
    ...table,
    columns: [{ label: 'method' }, ...rows.map(([key]) => ({ label: String(key) }))],
    rows: columns.slice(1).map(({ label }, i) => [label, ...rows.map((row) => row[i + 1] ?? null)]),
  };
}

function settingText(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? value.join(', ') : String(value);
}
