import type { RunResult } from '../../experiment/types.js';
import { comparisonTable, groupByMethod, type Method } from '../comparison.js';
import { count } from '../text.js';
import { costFigure, finalsFigure, forgettingsFigure, meansFigure } from './comparison-figures.js';
import { tableMarkup } from './data-table.js';
import { Draughtsman } from './figure.js';
import { html } from './markup.js';
import { pageText } from './page.js';
import { figuresMarkup } from './run-page.js';
import { configurationTable, environmentTable } from './settings.js';

/** Several runs on one HTML page: methods side by side, each over its seeds. */
export async function comparisonPage(runs: readonly RunResult[]): Promise<string> {
  const draughtsman = await Draughtsman.load();
  const methods = groupByMethod(runs);
  const columns = methods.flatMap(({ label, runs: [result] }) => (result ? [{ label, result }] : []));
  const [first] = runs;
  const anyTask = runs.some(({ accuracy }) => accuracy.length > 0);
  return pageText({
    title: methods.map(({ label }) => label).join(', '),
    lead: `${count(runs.length, 'run')} of ${first?.config.benchmark} of ${first?.config.dataset}, ${count(first?.config.tasks ?? 0, 'task')}, ${count(first?.config.epochs ?? 0, 'epoch')} each.`,
    notice: noticeOf(methods),
    tiles: [],
    sections: [
      { title: 'In one table', content: tableMarkup(comparisonTable(methods)) },
      ...(anyTask
        ? [
            {
              title: 'In pictures',
              content: figuresMarkup(draughtsman, [
                meansFigure(methods),
                finalsFigure(methods),
                costFigure(methods),
                forgettingsFigure(methods),
              ]),
            },
          ]
        : []),
      {
        title: 'Settings and versions',
        content: html`${tableMarkup(configurationTable(columns))}${tableMarkup(environmentTable(columns))}`,
      },
    ],
    version: first?.environment.clTorch ?? '',
  });
}

function noticeOf(methods: readonly Method[]): string | null {
  const unfinished = methods.flatMap(({ label, runs }) =>
    runs
      .filter(({ status }) => status !== 'completed')
      .map(
        ({ config, accuracy }) =>
          `${label}, seed ${config.seed} (${accuracy.length} of ${config.tasks} tasks)`,
      ),
  );
  if (unfinished.length === 0) return null;
  return `Not finished, and measured over the tasks that are: ${unfinished.join('; ')}.`;
}
