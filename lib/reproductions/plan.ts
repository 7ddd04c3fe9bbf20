import { join } from 'node:path';
import { ClTorchError } from '../base/errors.js';
import type { ExperimentInput } from '../config/types.js';
import { newRun } from '../runs/run-plan.js';
import type { PlannedRun } from '../sweep/comparison.js';
import type { Scenario } from '../training/definition.js';
import { keyOf, type ReproducedRow, type Reproduction } from './define.js';

/** Which rows of a table are wanted; what is left out wants all. */
export interface RowChoice {
  /** By the rows' names, such as `si`. */
  readonly methods?: readonly string[] | undefined;
  readonly scenario?: Scenario | undefined;
}

/**
 * The rows that are wanted.
 * @throws {ClTorchError} CONFIG_INVALID when the table has no method of a name, or no row that is wanted.
 */
export function chosenRows(table: Reproduction, { methods, scenario }: RowChoice): ReproducedRow[] {
  const names = [...new Set(table.rows.map(({ name }) => name))];
  const unknown = methods?.find((method) => !names.includes(method));
  if (unknown !== undefined) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `--methods: '${table.name}' has no '${unknown}'; it has ${names.join(', ')}.`,
    );
  }
  const rows = table.rows.filter(
    (row) =>
      (methods === undefined || methods.includes(row.name)) &&
      (scenario === undefined || scenario === row.scenario),
  );
  if (rows.length > 0) return rows;
  const scenarios = [...new Set(table.rows.map((row) => row.scenario))];
  throw new ClTorchError(
    'CONFIG_INVALID',
    `'${table.name}' has no such row${scenario === undefined ? '' : ` with ${scenario}-incremental tasks`}; its tasks are ` +
      `${scenarios.join('-, ')}-incremental, its methods ${names.join(', ')}.`,
  );
}

/** A run of a row. */
export interface ReproducingRun {
  readonly row: ReproducedRow;
  readonly run: PlannedRun;
}

/**
 * The runs of a table, row by row and seed by seed.
 *
 * @param machine - Options of a run that change no method: device, threads, where the data are.
 * @param out - Each run has the folder `<row>-<scenario>-seed<N>` in it.
 */
export function planReproduction(
  table: Reproduction,
  rows: readonly ReproducedRow[],
  seeds: readonly number[],
  machine: object,
  out: string,
): ReproducingRun[] {
  return rows.flatMap((row) =>
    seeds.map((seed) => {
      const place = join(out, `${keyOf(row)}-seed${seed}`);
      const input = {
        ...table.settings,
        scenario: row.scenario,
        ...row.settings,
        ...Object.fromEntries((table.seeded ?? []).map((key) => [key, seed])),
        ...machine,
        seed,
        out: place,
      };
      return { row, run: newRun(input as unknown as ExperimentInput) as PlannedRun };
    }),
  );
}
