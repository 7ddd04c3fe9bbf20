import { count } from '../../base/count.js';
import type { RunResult } from '../../runs/types.js';
import { comparisonTable, groupByMethod, type Method, runsOf } from '../text/comparison.js';
import { imagesOf, imagesOfAll } from '../text/images.js';
import { lengthText, streamText, tasksText } from '../text/summary.js';
import { seedsText } from '../text/text.js';
import { accuraciesFigure, forgettingsFigure } from './bars-figure.js';
import { costFigure, finalsFigure, meansFigure } from './comparison-figures.js';
import { tableMarkup } from './data-table.js';
import { Draughtsman } from './figure.js';
import { madeByTable } from './made-by.js';
import { html } from './markup.js';
import { pageText } from './page.js';
import { rankingFigure } from './ranking-figure.js';
import { figuresMarkup } from './run-page.js';
import { settingsMarkup } from './settings.js';
import { toldTable } from './told-table.js';

const LONGEST_TITLE = 90;

/** Several runs on one HTML page: methods side by side, each over its seeds. */
export async function comparisonPage(runs: readonly RunResult[]): Promise<string> {
  const draughtsman = await Draughtsman.load();
  const methods = groupByMethod(runs);
  const columns = methods.flatMap(({ label, runs, diverged }) =>
    [...runs, ...diverged].slice(0, 1).map((result) => ({ label, result })),
  );
  const [first] = runs;
  const tasks = Math.max(
    0,
    ...methods.flatMap((method) => method.runs.map(({ accuracy }) => accuracy.length)),
  );
  const told = toldTable(methods);
  return pageText({
    title: titleOf(methods),
    lead: leadOf(runs),
    notice: noticeOf(methods),
    tiles: [],
    sections: [
      { title: 'In one table', content: tableMarkup(comparisonTable(methods)) },
      ...(tasks > 0
        ? [
            {
              title: 'In pictures',
              content: figuresMarkup(draughtsman, [
                rankingFigure(methods),
                tasks > 1 ? meansFigure(methods) : accuraciesFigure(methods),
                tasks > 1 ? finalsFigure(methods) : null,
                costFigure(methods),
                forgettingsFigure(methods),
              ]),
            },
          ]
        : []),
      ...(told ? [{ title: 'What the strategies told', content: tableMarkup(told) }] : []),
      { title: 'Settings and versions', content: html`${madeByTable(methods)}${settingsMarkup(columns)}` },
    ],
    version: first?.environment.clTorch ?? '',
  });
}

/** The methods by name, where these fill no more than a line or two. */
function titleOf(methods: readonly Method[]): string {
  const names = methods.map(({ label }) => label).join(', ');
  if (names.length <= LONGEST_TITLE) return names;
  const strategies = new Set(runsOf(methods).map(({ strategy }) => strategy));
  const benchmarks = new Set(runsOf(methods).map(({ config }) => config.benchmark));
  const where = benchmarks.size === 1 ? ` on ${[...benchmarks].join()}` : '';
  if (strategies.size === methods.length) return `${methods.length} methods${where}`;
  return `${methods.length} settings of ${[...strategies].join(', ')}${where}`;
}

function leadOf(runs: readonly RunResult[]): string {
  const [first] = runs;
  if (!first) return '';
  const seeds = [...new Set(runs.map(({ config }) => config.seed))];
  const images = imagesOfAll(runs);
  return (
    `${count(runs.length, 'run')} of ${streamText(first.config)}, ${tasksText(first.config)}, ${lengthText(first.config)}, ` +
    `${seeds.length > 1 ? 'seeds' : 'seed'} ${seedsText(seeds)}.` +
    `${images === undefined ? '' : ` Every accuracy is of the ${images}.`}`
  );
}

function noticeOf(methods: readonly Method[]): string | null {
  const runs = runsOf(methods);
  const mixed =
    imagesOfAll(runs) === undefined
      ? `Not measured on the same images: ${methods.map(({ label, runs: [run] }) => `${label} on ${run ? imagesOf(run.config) : ''}`).join(', ')}.`
      : null;
  const unfinished = methods.flatMap(({ label, runs }) =>
    runs
      .filter(({ status }) => status !== 'completed')
      .map(
        ({ config, accuracy }) =>
          `${label}, seed ${config.seed} (${accuracy.length} of ${config.tasks} tasks)`,
      ),
  );
  const stopped =
    unfinished.length > 0
      ? `Not finished, and measured over the tasks that are: ${unfinished.join('; ')}.`
      : null;
  const notices = [mixed, stopped, divergedNotice(methods)].filter((notice) => notice !== null);
  return notices.length > 0 ? notices.join(' ') : null;
}

function divergedNotice(methods: readonly Method[]): string | null {
  const names = methods.flatMap(({ label, diverged }) =>
    diverged.map(({ config }) => `${label}, seed ${config.seed}`),
  );
  if (names.length === 0) return null;
  return `Diverged (a loss was NaN or infinite), and in no mean and no picture: ${names.join('; ')}.`;
}
