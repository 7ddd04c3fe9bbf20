import {
  madeText,
  notesOf,
  type ReproductionOutcome,
  reproductionTable,
  rowCommand,
} from '../text/reproduction.js';
import { tableMarkup } from './data-table.js';
import { Draughtsman } from './figure.js';
import { html } from './markup.js';
import { pageText } from './page.js';
import { reproductionFigure } from './reproduction-figure.js';
import { figuresMarkup } from './run-page.js';

/** A published table beside what came out here, on one HTML page. */
export async function reproductionPage(outcome: ReproductionOutcome): Promise<string> {
  const draughtsman = await Draughtsman.load();
  const { table, rows } = outcome;
  const scenarios = [...new Set(rows.map(({ row }) => row.scenario))];
  const outside = rows
    .filter(({ verdict }) => verdict === 'outside')
    .map(({ row }) => `${row.method} (${row.scenario})`);
  const notes = notesOf(rows);
  return pageText({
    title: table.title,
    lead: `${table.source}. ${table.protocol}`,
    notice: outside.length > 0 ? `Outside of what is accepted: ${outside.join(', ')}.` : null,
    tiles: [],
    sections: [
      { title: 'Published and ours', content: tableMarkup(reproductionTable(outcome)) },
      {
        title: 'In pictures',
        content: figuresMarkup(
          draughtsman,
          scenarios.map((scenario) => reproductionFigure(rows, scenario)),
        ),
      },
      ...(notes.length > 0
        ? [
            {
              title: 'What had to be chosen',
              content: html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`,
            },
          ]
        : []),
      {
        title: 'How it was made',
        content: html`<p>${madeText(rows)}</p>${tableMarkup({
          caption: 'The command of the first run of each row; cl-torch reproduce makes all of them',
          name: `${table.name}-commands`,
          columns: [{ label: 'method' }, { label: 'scenario' }, { label: 'command' }],
          rows: rows.map((each) => [each.row.method, each.row.scenario, rowCommand(each)]),
          cards: true,
        })}`,
      },
    ],
    version: rows[0]?.runs[0]?.environment.clTorch ?? '',
  });
}
