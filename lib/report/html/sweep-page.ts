import { count } from '../../base/count.js';
import type { SweepReport } from '../../sweep/plan/types.js';
import { csv } from '../csv.js';
import { measuredIn, type ResultRow, resultRows } from '../sweep/rows.js';
import {
  significanceOf,
  significanceTable,
  significanceWords,
  tooManyRowsWords,
} from '../sweep/significance.js';
import { choicesTable, lostTable, resultsTable, runsTable } from '../sweep/tables.js';
import {
  choiceWords,
  domainWords,
  headline,
  measureOf,
  resultImages,
  searchWords,
  settingText,
} from '../sweep/words.js';
import { seedsText } from '../text/text.js';
import { csvLink, tableMarkup } from './data-table.js';
import { Draughtsman, type Figure } from './figure.js';
import { html, type Markup } from './markup.js';
import { pageText } from './page.js';
import { parallelFigure } from './parallel-figure.js';
import { responseFigure } from './response-figure.js';
import { figuresMarkup } from './run-page.js';
import { rungsFigure } from './rungs-figure.js';
import { searchFigure } from './search-figure.js';
import { memoryFigure, timeFigure, totalTime } from './sweep-cost-figures.js';
import { landscapeOf } from './sweep-landscape.js';
import { choicesFigure, resultsFigure, significanceFigure } from './sweep-results-figures.js';

/** The heading of the tests. */
const DIFFERENCES = 'Are the differences more than chance?';
const LONGEST_TITLE = 70;
/** More rows of results are the best ones alone; the file of the runs has all. */
const MOST_RESULTS = 40;

interface Section {
  readonly title: string;
  readonly content: Markup;
}

/**
 * A sweep on one HTML page, in the order in which it can be believed: what was asked and how settings were chosen, what was
 * chosen, how the settings compare, what they cost, and only then the results.
 *
 * @param version - Of the package that writes it.
 */
export async function sweepPage(report: SweepReport, version: string): Promise<string> {
  const draughtsman = await Draughtsman.load();
  const pictures = (figures: readonly (Figure | null)[]): Markup | null =>
    figures.some((figure) => figure !== null) ? figuresMarkup(draughtsman, figures) : null;
  const section = (title: string, ...parts: readonly (Markup | null)[]): Section[] =>
    parts.every((part) => part === null) ? [] : [{ title, content: html`${parts}` }];
  const lost = lostTable(report);
  return pageText({
    title: titleOf(report),
    lead: `${headline(report)}. ${count(report.total, 'run')}, ${totalTime(report)} of training one after the other.`,
    notice: noticeOf(report),
    tiles: [],
    sections: [
      { title: 'What was asked', content: askedMarkup(report) },
      ...section(
        report.spec.choice.kind === 'none' ? 'The greatest numbers' : 'What was chosen',
        tableMarkup(choicesTable(report)),
        pictures([choicesFigure(report)]),
      ),
      ...section('The landscape', pictures(landscapeFigures(report))),
      ...section('Time and memory', pictures([timeFigure(report), memoryFigure(report)])),
      ...resultSections(report, pictures),
      ...section('What failed', lost && tableMarkup(lost)),
      { title: 'Every run', content: csvLink('runs', csv(runsTable(report))) },
    ],
    version,
  });
}

function titleOf({ methods }: SweepReport): string {
  const names = methods.map(({ name }) => name).join(', ');
  return names.length <= LONGEST_TITLE ? `Sweep of ${names}` : `Sweep of ${methods.length} methods`;
}

function noticeOf(report: SweepReport): string | null {
  const { runs, spec, isComplete } = report;
  const left = Math.max(0, report.total - runs.completed - runs.failed - runs.diverged);
  const notices = [
    ...(isComplete
      ? []
      : [
          `Not finished: ${count(left, 'run')} of ${report.total} ${left === 1 ? 'is' : 'are'} still to come to an end.`,
        ]),
    ...(runs.failed + runs.diverged > 0 ? [`${lostWords(report)}; in no mean.`] : []),
    ...(spec.choice.kind === 'none'
      ? [`Nothing was chosen: every number is of the ${resultImages(spec)}, of every setting.`]
      : []),
  ];
  return notices.length > 0 ? notices.join(' ') : null;
}

function lostWords({ runs: { failed, diverged } }: SweepReport): string {
  if (failed === 0) return `${count(diverged, 'run')} diverged`;
  return `${count(failed, 'run')} failed${diverged > 0 ? `, and ${diverged} diverged` : ''}`;
}

/** What `sweep.json` holds, for people. */
function askedMarkup({ spec }: SweepReport): Markup {
  const entries: [string, string][] = [
    ...Object.entries(spec.methods).map(([key, domain]): [string, string] => [key, domainWords(domain)]),
    ...Object.entries(spec.settings).map(([key, domain]): [string, string] => [key, domainWords(domain)]),
    ['search', searchWords(spec)],
    ['seeds of the search', seedsText(spec.seeds)],
    ['chosen by', spec.choice.kind === 'none' ? 'nothing is chosen' : `the greatest ${measureOf(spec).name}`],
    ...(spec.choice.kind === 'none'
      ? []
      : [['seeds of the results', seedsText(spec.choice.seeds)] as [string, string]]),
    ...Object.entries(spec.options).map(([key, value]): [string, string] => [key, settingText(value)]),
  ];
  return html`<p id="choice">${choiceWords(spec)}</p>
<dl class="settings asked">${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** The search as a whole, then method by method. */
function landscapeFigures(report: SweepReport): (Figure | null)[] {
  return [
    searchFigure(report),
    ...report.methods.flatMap((method, index) => {
      const rungs = rungsFigure(report, method, index);
      const landscape = landscapeOf(report, method);
      if (landscape === null) return [rungs];
      return [rungs, parallelFigure(report, method, index, landscape), responseFigure(index, landscape)];
    }),
  ];
}

function resultSections(
  report: SweepReport,
  pictures: (figures: readonly (Figure | null)[]) => Markup | null,
): Section[] {
  const { spec } = report;
  const all = resultRows(report);
  const rows = bestOf(all, report);
  const title = `Results, on ${resultImages(spec)}`;
  const significance = significanceOf(report);
  const tooMany = tooManyRowsWords(report);
  if (all.every(({ runs }) => runs.length === 0)) {
    const words =
      spec.choice.kind === 'none'
        ? 'No run has come to its end yet.'
        : 'None yet: the settings are measured on these images once they are chosen.';
    return [{ title, content: html`<p>${words}</p>` }];
  }
  const cut =
    rows.length < all.length
      ? html`<p>The best ${rows.length} of ${all.length} settings; runs.csv below has all.</p>`
      : null;
  return [
    {
      title,
      content: html`${cut}${tableMarkup(resultsTable(report, rows))}${pictures([resultsFigure(report, rows)])}`,
    },
    ...(significance === null ? [] : [significanceSection(report, significance, pictures)]),
    ...(tooMany === null ? [] : [{ title: DIFFERENCES, content: html`<p>${tooMany}</p>` }]),
  ];
}

function significanceSection(
  report: SweepReport,
  significance: NonNullable<ReturnType<typeof significanceOf>>,
  pictures: (figures: readonly (Figure | null)[]) => Markup | null,
): Section {
  const title = DIFFERENCES;
  if (significance.pairs.length === 0) {
    return { title, content: html`<p>${significanceWords(report, significance)}</p>` };
  }
  const figure = significanceFigure(report, significance);
  return {
    title,
    content:
      figure === null
        ? tableMarkup(significanceTable(report, significance))
        : html`<p>${significanceWords(report, significance)}</p>${pictures([figure])}`,
  };
}

/** All of them, or where they are very many, those with the best means. */
function bestOf(rows: readonly ResultRow[], { spec }: SweepReport): readonly ResultRow[] {
  if (rows.length <= MOST_RESULTS) return rows;
  const measure = measureOf(spec);
  const mean = ({ runs }: ResultRow): number => measuredIn(runs, measure)?.mean ?? Number.NEGATIVE_INFINITY;
  return [...rows].sort((one, other) => mean(other) - mean(one)).slice(0, MOST_RESULTS);
}
