import { meanAndDeviation } from '../../metrics/statistics.js';
import type { MethodSummary, SweepReport, TrialSummary } from '../../sweep/plan/types.js';
import { nameOf, type ValuedTrial, wholeTrials } from '../sweep/rows.js';
import { measureOf, searchImages, settingWords } from '../sweep/words.js';
import { cellText } from '../text/data-table.js';
import { axesOf, type SettingAxis } from './sweep-axis.js';

/** The settings of a method and what they came to, as its pictures need them. */
export interface Landscape {
  readonly name: string;
  readonly axes: readonly SettingAxis[];
  /** Measured over the whole of what the search looks at, the worst first. */
  readonly measured: readonly ValuedTrial[];
  /** Of asha: those that were not promoted to the end. */
  readonly ended: readonly TrialSummary[];
  /** With a run that failed or diverged. */
  readonly lost: readonly TrialSummary[];
  readonly chosen: number | null;
  /** `average accuracy`. */
  readonly measure: string;
  /** Of which images. */
  readonly images: string;
}

/** Null where no two settings differ, or none has a value. */
export function landscapeOf(report: SweepReport, method: MethodSummary): Landscape | null {
  const axes = axesOf(report.spec, method);
  const measured = [...wholeTrials(report, method)].sort((one, other) => one.value - other.value);
  if (axes.length === 0 || measured.length === 0) return null;
  const numbers = new Set(measured.map(({ number }) => number));
  const others = method.trials.filter(({ number }) => !numbers.has(number));
  return {
    name: nameOf(method),
    axes,
    measured,
    ended: others.filter(({ value }) => value !== null),
    lost: others.filter(({ runs }) =>
      runs.some(({ status }) => status === 'failed' || status === 'diverged'),
    ),
    chosen: method.chosen,
    measure: measureOf(report.spec).name,
    images: searchImages(report.spec),
  };
}

/** What is to be seen of a setting when it is pointed at. */
export function trialTip({ number, setting, value, deviation }: ValuedTrial): string {
  const spread = deviation === null ? '' : ` ± ${deviation.toFixed(2)}`;
  return `setting ${number}: ${value.toFixed(2)}${spread} % (${settingWords(setting)})`;
}

/** The best, the middle and the worst setting, in words. */
export function extremesWords({ measured }: Landscape): string {
  const [worst, best] = [measured[0], measured.at(-1)];
  if (!worst || !best) return '';
  return (
    `${measured.length} settings with a value. The best, ${settingWords(best.setting)}: ${cellText(best.value, 1)} percent. ` +
    `The worst, ${settingWords(worst.setting)}: ${cellText(worst.value, 1)} percent.`
  );
}

/** A place on a curve over an option's values. */
export interface CurvePoint {
  readonly at: number;
  readonly value: number;
}

/** Groups of settings along an axis, and so of each the mean and the best value. */
export function responseCurves(
  axis: SettingAxis,
  trials: readonly ValuedTrial[],
): { readonly mean: CurvePoint[]; readonly best: CurvePoint[] } {
  const places = trials
    .flatMap(({ setting, value }): CurvePoint[] => {
      const at = axis.at(setting[axis.key]);
      return at === null ? [] : [{ at, value }];
    })
    .sort((one, other) => one.at - other.at);
  const groups = axis.isDiscrete ? byPlace(places) : inBins(places);
  return {
    mean: groups.map((group) => ({
      at: meanAndDeviation(group.map(({ at }) => at)).mean,
      value: meanAndDeviation(group.map(({ value }) => value)).mean,
    })),
    best: groups.map((group) => group.reduce((best, each) => (each.value > best.value ? each : best))),
  };
}

function byPlace(places: readonly CurvePoint[]): CurvePoint[][] {
  const groups = new Map<number, CurvePoint[]>();
  for (const place of places) groups.set(place.at, [...(groups.get(place.at) ?? []), place]);
  return [...groups.values()];
}

const [FEWEST_BINS, MOST_BINS] = [3, 10];

/** Neighbours, as many in each group. */
function inBins(places: readonly CurvePoint[]): CurvePoint[][] {
  const wanted = Math.round(Math.sqrt(places.length));
  const bins = Math.min(places.length, Math.max(FEWEST_BINS, Math.min(MOST_BINS, wanted)));
  return Array.from({ length: bins }, (_, bin) =>
    places.slice(Math.round((bin * places.length) / bins), Math.round(((bin + 1) * places.length) / bins)),
  );
}
