import { type Method, measured, nameOf, runsOf } from '../text/comparison.js';
import { type DataTable, decimalsFor } from '../text/data-table.js';
import { toldMeasures } from '../text/told-measures.js';

/** What the methods told of themselves, a row for each measure and phase of each; null when none told anything. */
export function toldTable(methods: readonly Method[]): DataTable | null {
  const measures = toldMeasures(runsOf(methods));
  const rows = methods.flatMap((method) =>
    measures.flatMap((measure) => {
      const value = measured(method, measure);
      if (value === null) return [];
      const digits = decimalsFor([value.mean]);
      const deviation = value.deviation === null ? '' : ` ± ${value.deviation.toFixed(digits)}`;
      return [
        [nameOf(method), measure.label, `${value.mean.toFixed(digits)}${deviation}`.replaceAll('-', '−')],
      ];
    }),
  );
  if (rows.length === 0) return null;
  return {
    caption:
      'What the strategies told: the mean of each measure over the tasks, the seconds of each phase in a run; mean ± sample ' +
      'standard deviation over the seeds.',
    name: 'told',
    columns: [{ label: 'method' }, { label: 'measure' }, { label: 'mean' }],
    rows,
    cards: true,
  };
}
