import { keyOf } from '../../reproductions/define.js';
import { markdownTable } from './markdown.js';
import {
  madeText,
  notesOf,
  type ReproductionOutcome,
  reproductionCaption,
  reproductionTable,
  rowCommand,
} from './reproduction.js';

/** A chapter of Markdown, with the commands and every variant that had to be chosen. */
export function reproductionMarkdown(outcome: ReproductionOutcome): string {
  const { table, rows } = outcome;
  const commands = rows.map((row) => rowCommand(row)).filter((command) => command !== null);
  return [
    `## ${table.title}`,
    `${table.source}. ${table.protocol}`,
    markdownTable(reproductionTable(outcome)).trimEnd(),
    reproductionCaption(rows),
    notesOf(rows)
      .map((note) => `- ${note}`)
      .join('\n'),
    `${madeText(rows)} All of it: \`npx cl-torch reproduce ${table.name}\`; the first run of each row:`,
    `\`\`\`sh\n${commands.join('\n')}\n\`\`\``,
  ]
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('\n');
}

/** The same as plain data. Numbers are percent, points and seconds. */
export function reproductionData({ table, rows }: ReproductionOutcome): object {
  const { name, title, source, protocol } = table;
  return {
    schemaVersion: 1,
    name,
    title,
    source,
    protocol,
    rows: rows.map(({ row, runs, ours, difference, verdict, seconds }) => ({
      name: keyOf(row),
      method: row.method,
      scenario: row.scenario,
      published: row.published ?? null,
      accepted: row.accepted ?? null,
      ours,
      difference,
      verdict,
      seconds,
      note: row.note ?? null,
      runs: runs.map(({ config, metrics, status, seconds: { total } }) => ({
        seed: config.seed,
        status,
        averageAccuracy: metrics?.averageAccuracy ?? null,
        seconds: total,
        out: config.out ?? null,
      })),
    })),
  };
}
