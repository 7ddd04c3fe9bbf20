import { join } from 'node:path';
import { ClTorchError } from '../../base/errors.js';
import { readSeeds } from '../../random/seeds.js';
import { csv } from '../../report/csv.js';
import {
  type ReproductionOutcome,
  reproductionsText,
  reproductionTable,
  reproductionText,
} from '../../report/text/reproduction.js';
import { reproductionData, reproductionMarkdown } from '../../report/text/reproduction-files.js';
import { keyOf, type Reproduction } from '../../reproductions/define.js';
import { reproductionNamed, reproductions } from '../../reproductions/index.js';
import { outcomeOf } from '../../reproductions/outcome.js';
import { chosenRows, planReproduction, type ReproducingRun } from '../../reproductions/plan.js';
import type { RunResult } from '../../runs/types.js';
import type { Scenario } from '../../training/definition.js';
import { exitCodeOf } from '../support/exit-code.js';
import { runTold } from '../support/told-runs.js';
import { writeReproductionPage, writeText } from '../support/write-report.js';

const OUTSIDE = 1;

/** What is left of them are options of a run, of the machine alone. */
export interface ReproduceFlags extends Record<string, unknown> {
  readonly methods?: string;
  readonly scenario?: Scenario;
  readonly seeds: string;
  readonly atOnce?: string;
  readonly out?: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** `cl-torch reproduce` without a table. Returns the exit code. */
export function listReproductions({ json }: Pick<ReproduceFlags, 'json'>): number {
  const text = json ? JSON.stringify(reproductions, null, 2) : reproductionsText(reproductions);
  process.stdout.write(`${text}\n`);
  return 0;
}

/** `cl-torch reproduce TABLE`. Returns the exit code. */
export async function reproduce(name: string, flags: ReproduceFlags): Promise<number> {
  const table = tableNamed(name);
  const {
    methods: list,
    scenario,
    seeds,
    atOnce,
    quiet,
    json,
    out = join('reproductions', name),
    ...machine
  } = flags;
  const methods = list?.split(',').map((method) => method.trim());
  const rows = chosenRows(table, { methods, scenario });
  const planned = planReproduction(table, rows, readSeeds(seeds, 1), machine, out);
  const told = planned.map(({ row, run }) => ({ ...run, label: keyOf(row) }));
  return await runTold(told, out, { atOnce, quiet: quiet === true }, async (runs) => {
    const outcome = { table, rows: rows.map((row) => outcomeOf(row, runsOf(row, planned, runs))) };
    await write(out, outcome, json === true);
    return outcome.rows.some(({ verdict }) => verdict === 'outside') ? OUTSIDE : exitCodeOf(runs);
  });
}

function tableNamed(name: string): Reproduction {
  const table = reproductionNamed(name);
  if (table) return table;
  throw new ClTorchError(
    'CONFIG_INVALID',
    `There is no table '${name}'; there are ${reproductions.map((each) => each.name).join(', ')}.`,
  );
}

/** @param planned - Of these the results are, in the same order. */
function runsOf(
  wanted: ReproducingRun['row'],
  planned: readonly ReproducingRun[],
  results: readonly RunResult[],
): RunResult[] {
  return results.filter((_, place) => planned[place]?.row === wanted);
}

/** The table on standard output; the page and the other files in the folder. */
async function write(out: string, outcome: ReproductionOutcome, json: boolean): Promise<void> {
  const data = `${JSON.stringify(reproductionData(outcome), null, 2)}\n`;
  await writeReproductionPage(join(out, 'reproduction.html'), outcome);
  await writeText(join(out, 'reproduction.md'), reproductionMarkdown(outcome));
  await writeText(join(out, 'reproduction.csv'), csv(reproductionTable(outcome)));
  await writeText(join(out, 'reproduction.json'), data);
  process.stdout.write(json ? data : `${reproductionText(outcome)}\n`);
  process.stderr.write(
    `Files: ${join(out, 'reproduction.html')}, reproduction.md, reproduction.csv, reproduction.json\n`,
  );
}
