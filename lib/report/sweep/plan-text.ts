import { count } from '../../base/count.js';
import { numbered } from '../../sweep/plan/plan.js';
import type { RunSummary, SweepReport } from '../../sweep/plan/types.js';
import { duration } from '../text/text.js';
import { searchImages, settingWords } from './words.js';

/** Settings of a method that are listed. */
const MOST_LISTED = 12;

/** The runs of a sweep in words, and how long they will take by those that are done. */
export function sweepPlanText(report: SweepReport): string {
  const { spec, methods, total } = report;
  const lines = methods.flatMap(({ name, trials }) => {
    const settings = trials
      .slice(0, MOST_LISTED)
      .map(
        ({ number, setting }) => `  ${numbered(number)}  ${settingWords(setting) || 'as the options are'}`,
      );
    const more = trials.length > MOST_LISTED ? [`  … and ${trials.length - MOST_LISTED} more`] : [];
    return [`${name}: ${settingsText(report, trials.length)}`, ...settings, ...more];
  });
  return `${[...lines, '', runsText(report), choiceText(spec), timeText(report, total)].join('\n')}\n`;
}

function settingsText({ spec: { search, seeds } }: SweepReport, known: number): string {
  const later = search.kind === 'tpe' && (search.trials ?? 0) > known ? ' known by now' : '';
  return `${count(known, 'setting')}${later} (${search.kind}) with ${count(seeds.length, 'seed')}`;
}

function runsText({ total, runs }: SweepReport): string {
  const done = runs.completed + runs.diverged + runs.failed;
  return `${count(total, 'run')} in all${done === 0 ? '' : `, ${done} of them done`}.`;
}

function choiceText(spec: SweepReport['spec']): string {
  const { choice } = spec;
  if (choice.kind === 'none') return `Nothing is chosen: all are measured on ${searchImages(spec)}.`;
  const by = choice.by === 'final' ? 'accuracy after the last task' : 'accuracy averaged over the tasks';
  return (
    `Of each method the setting with the best ${by} on ${searchImages(spec)} is chosen, and measured on test images with seeds ` +
    `${choice.seeds.join(', ')}.`
  );
}

function timeText({ methods }: SweepReport, total: number): string {
  const seconds = methods
    .flatMap(({ trials, final }) => [...trials.flatMap(({ runs }) => runs), ...final])
    .flatMap(({ status, seconds }: RunSummary) =>
      status === 'completed' && seconds !== null ? [seconds] : [],
    );
  if (seconds.length === 0) return 'How long they take is known after the first run.';
  const mean = seconds.reduce((sum, each) => sum + each, 0) / seconds.length;
  const left = mean * (total - seconds.length);
  return `A run took ${duration(mean)}: ${duration(left)} for the others one after the other.`;
}
