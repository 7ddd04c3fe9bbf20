import { count } from '../../base/count.js';
import type { Domain, Setting } from '../../search/space.js';
import type { RunSummary, SweepReport, SweepSpec } from '../../sweep/plan/types.js';
import { imagesOf } from '../text/images.js';
import { seedsText } from '../text/text.js';

/** A number of a run that methods are compared by. */
export interface SweepMeasure {
  readonly name: string;
  readonly unit: '%' | 'points' | 's' | 'MB';
  /** 1: more is better, -1: less is better. */
  readonly better: 1 | -1;
  of(run: RunSummary): number | null;
}

const FINAL: SweepMeasure = { name: 'average accuracy', unit: '%', better: 1, of: ({ final }) => final };
const AVERAGE: SweepMeasure = {
  name: 'average of the averages',
  unit: '%',
  better: 1,
  of: ({ average }) => average,
};

/** What a run of a sweep is known by (docs/metrics.md). */
export const SWEEP_MEASURES: readonly SweepMeasure[] = [
  FINAL,
  AVERAGE,
  { name: 'forgetting', unit: 'points', better: -1, of: ({ forgetting }) => forgetting },
  { name: 'time', unit: 's', better: -1, of: ({ seconds }) => seconds },
  {
    name: 'peak memory',
    unit: 'MB',
    better: -1,
    of: ({ peakMemoryBytes }) => (peakMemoryBytes === null ? null : peakMemoryBytes / 1e6),
  },
];

/** What settings are compared by. */
export function measureOf({ choice }: SweepSpec): SweepMeasure {
  return choice.by === 'final' ? FINAL : AVERAGE;
}

/** The images that the accuracies of the search are of. */
export function searchImages({ choice, options }: SweepSpec): string {
  if (choice.kind === 'validation') return 'validation images';
  const images = imagesOf({ validation: Number(options.validation ?? 0) });
  return choice.kind === 'first-tasks'
    ? `${images} of the first ${count(choice.tasks ?? 0, 'task')}`
    : images;
}

/** The images that the results are of: those of the final runs, or where nothing is chosen, of all runs. */
export function resultImages(spec: SweepSpec): string {
  const { kind, tasks } = spec.choice;
  if (kind === 'none') return searchImages(spec);
  return kind === 'first-tasks' ? `test images of the tasks after the first ${tasks}` : 'test images';
}

/** `seed 3`, `seeds 0–2`. */
export function seedsWords(seeds: readonly number[]): string {
  return `${seeds.length === 1 ? 'seed' : 'seeds'} ${seedsText(seeds)}`;
}

/** What settings are chosen on, and what the results are measured on, in sentences. */
export function choiceWords(spec: SweepSpec): string {
  const { choice, seeds } = spec;
  const measure = measureOf(spec).name;
  if (choice.kind === 'none') {
    return (
      `Nothing is chosen: every setting stands beside the others, and every number is of the ${searchImages(spec)}, over ` +
      `${seedsWords(seeds)}. Whoever picks the best of several settings by these numbers has chosen on the ${searchImages(spec)}: the ` +
      'best number is too good then. To choose fairly, choose on validation images or on the first tasks.'
    );
  }
  const on =
    choice.kind === 'validation'
      ? 'on validation images, which are set apart from the training images'
      : `on the first ${count(choice.tasks ?? 0, 'task')} of the stream`;
  return (
    `Of each method the setting with the best mean ${measure} over ${seedsWords(seeds)} is chosen ${on}. Only what was chosen is ` +
    `measured on the ${resultImages(spec)}, with ${seedsWords(choice.seeds)}, which no choice has seen.`
  );
}

/** How settings are found, in a few words. */
export function searchWords({ search }: SweepSpec): string {
  const trials = count(search.trials ?? 0, 'setting');
  switch (search.kind) {
    case 'grid':
      return 'every setting of the grid';
    case 'random':
      return `${trials} of each method, drawn at random (seed ${search.seed})`;
    case 'tpe':
      return `${trials} of each method by TPE, ${search.batch} at a time (seed ${search.seed})`;
    case 'asha':
      return (
        `${trials} of each method by ASHA (seed ${search.seed}): of those at a rung one in ${search.reduction} goes on` +
        `${search.rungs.length === 0 ? '' : `; rungs after ${listed(search.rungs)} tasks`}`
      );
  }
}

function listed(values: readonly unknown[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} and ${values.at(-1)}`;
}

/** A value of a setting for people; numbers with four digits. */
export function settingText(value: unknown): string {
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return value.map(settingText).join('×');
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
}

function numberText(value: number): string {
  const short = Number(value.toPrecision(4));
  return Math.abs(short) >= 1e-4 || short === 0 ? String(short) : short.toExponential();
}

/** `learningRate 0.01, optimizer sgd`. */
export function settingWords(setting: Setting): string {
  return Object.entries(setting)
    .map(([key, value]) => `${key} ${settingText(value)}`)
    .join(', ');
}

/** `log from 0.0001 to 1`. */
export function domainWords(domain: Domain): string {
  if (domain.kind === 'choice') return domain.values.map(settingText).join(', ');
  const { scale, low, high, points } = domain;
  const numbers = points ? `, ${points.length} values` : '';
  return `${settingText(low)} to ${settingText(high)}${scale === 'log' ? ', by ratio' : ''}${numbers}`;
}

/** Methods, settings, seeds, and what is chosen on, in one line. */
export function headline({ spec, methods }: SweepReport): string {
  const settings = Math.max(0, ...methods.map(({ trials }) => trials.length), spec.search.trials ?? 0);
  const chosen = spec.choice.kind === 'none' ? 'nothing chosen' : `chosen on ${searchImages(spec)}`;
  return `${count(methods.length, 'method')} × ${count(settings, 'setting')} × ${count(spec.seeds.length, 'seed')}, ${chosen}`;
}
