import { averageAccuracy } from '../../metrics/index.js';
import type { RunResult } from '../../runs/types.js';
import { divergenceText } from '../../training/divergence.js';
import { cellText } from '../text/data-table.js';
import { imagesOf } from '../text/images.js';
import { lengthText, streamText, tasksText } from '../text/summary.js';
import { duration } from '../text/text.js';
import { forgettingFigure, matrixFigure, taskAwareFigure, tasksFigure } from './accuracy-figures.js';
import { Draughtsman, type Figure } from './figure.js';
import { madeByCard } from './made-by.js';
import { html, type Markup } from './markup.js';
import { pageText, type Tile } from './page.js';
import { reportFigures } from './report-figures.js';
import { settingsMarkup } from './settings.js';
import { lossFigure, timeFigure } from './training-figures.js';

/** The pictures and cells of a larger matrix would make a page that no browser likes. */
export const MOST_TASKS = 100;

/** A run as one HTML page, which needs nothing beside itself. */
export async function runPage(result: RunResult): Promise<string> {
  const draughtsman = await Draughtsman.load();
  const { strategy, config, environment } = result;
  const done = result.accuracy.length;
  const drawn = done > 0 && done <= MOST_TASKS;
  const severalDrawn = drawn && done > 1;
  return pageText({
    title: `${strategy} on ${streamText(config)}`,
    lead:
      `${done} of ${tasksText(config)}, ${lengthText(config)}, seed ${config.seed}. ` +
      `Every accuracy is of the ${imagesOf(config)}.`,
    notice: noticeOf(result),
    tiles: tiles(result),
    sections: [
      {
        title: 'What was learnt, and what was kept',
        content: figuresMarkup(
          draughtsman,
          [
            drawn ? matrixFigure(result) : null,
            drawn ? taskAwareFigure(result) : null,
            severalDrawn ? tasksFigure(result) : null,
            severalDrawn ? forgettingFigure(result) : null,
            lossFigure(result),
            ...(drawn ? reportFigures(result) : []),
            timeFigure(result),
          ],
          madeByCard(result),
        ),
      },
      { title: 'Settings and versions', content: settingsMarkup([{ label: 'value', result }]) },
    ],
    version: environment.clTorch,
  });
}

/** Two columns of cards, which a phone shows one below the other; `last` fills the row of an odd one. */
export function figuresMarkup(
  draughtsman: Draughtsman,
  figures: readonly (Figure | null)[],
  last: Markup | null = null,
): Markup {
  return html`<div class="figures">${figures.map((figure) => figure && draughtsman.figure(figure))}${last}</div>`;
}

/** What is to be known of a run that did not come to its end, or that is too long to be drawn. */
export function noticeOf({ status, diverged, accuracy, config }: RunResult): string | null {
  const words = {
    running: 'still running, or was killed',
    interrupted: 'interrupted',
    failed: 'ended by an error',
    diverged: 'stopped because it diverged,',
  };
  const notices = [];
  if (diverged) {
    notices.push(`${divergenceText(diverged)} There are no averages and no metrics of such a run.`);
  }
  if (status !== 'completed') {
    const verb = status === 'running' ? 'is' : 'was';
    notices.push(
      `This run ${verb} ${words[status]} after ${accuracy.length} of ${config.tasks} tasks; ` +
        'all numbers are over the tasks that were finished.',
    );
  }
  if (accuracy.length > MOST_TASKS) {
    notices.push(`More than ${MOST_TASKS} tasks are not drawn one by one; result.json has every number.`);
  }
  return notices.length > 0 ? notices.join(' ') : null;
}

function tiles({ metrics, accuracyTaskAware, average, seconds, config }: RunResult): Tile[] {
  if (!metrics) return [];
  const share = { unit: '%', note: `of ${imagesOf(config)}` };
  const points = (label: string, value: number | null): Tile[] =>
    value === null ? [] : [{ label, value: cellText(value, 2), unit: 'points' }];
  return [
    { label: 'Average accuracy', value: cellText(metrics.averageAccuracy, 2), ...share },
    ...(accuracyTaskAware
      ? [{ label: 'Accuracy, task told', value: cellText(averageAccuracy(accuracyTaskAware), 2), ...share }]
      : []),
    ...points('Forgetting', metrics.forgetting),
    ...points('Backward transfer', metrics.backwardTransfer),
    ...points('Forward transfer', metrics.forwardTransfer),
    { label: 'Learning accuracy', value: cellText(metrics.learningAccuracy, 2), ...share },
    { label: 'Average of the averages', value: cellText(average, 2), ...share },
    { label: 'Time', value: duration(seconds.total) },
  ];
}
