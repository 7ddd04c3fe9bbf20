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
/** Codes above it say which signal ended the command. */
const SIGNALLED = 128;

/** The name of all tables. */
const ALL = 'all';

const FOLDER = 'reproductions';

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

/** `cl-torch reproduce TABLE`, or `all` of them one after the other. Returns the exit code. */
export async function reproduce(name: string, flags: ReproduceFlags): Promise<number> {
  if (name !== ALL) {
    const { code, outcome } = await make(tableNamed(name), flags, flags.out ?? join(FOLDER, name));
    if (flags.json && outcome) print(reproductionData(outcome));
    return code;
  }
  if (flags.methods !== undefined || flags.scenario !== undefined) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      "--methods and --scenario choose rows of one table: name it in place of 'all'.",
    );
  }
  const made: Made[] = [];
  for (const table of reproductions) {
    const one = await make(table, flags, join(flags.out ?? FOLDER, table.name));
    made.push(one);
    if (one.code > SIGNALLED) break;
  }
  if (flags.json) print(made.flatMap(({ outcome }) => (outcome ? [reproductionData(outcome)] : [])));
  return Math.max(...made.map(({ code }) => code));
}

interface Made {
  readonly code: number;
  /** Of a table whose runs were not interrupted. */
  readonly outcome: ReproductionOutcome | undefined;
}

/** Makes a table: what is missing in the folder is run, then the text and the files are written. */
async function make(table: Reproduction, flags: ReproduceFlags, out: string): Promise<Made> {
  const { methods: list, scenario, seeds, atOnce, quiet, json, out: _, ...machine } = flags;
  const methods = list?.split(',').map((method) => method.trim());
  const rows = chosenRows(table, { methods, scenario });
  const planned = planReproduction(table, rows, readSeeds(seeds, 1), machine, out);
  const told = planned.map(({ row, run }) => ({ ...run, label: keyOf(row) }));
  let outcome: ReproductionOutcome | undefined;
  const code = await runTold(told, out, { atOnce, mixed: true, quiet: quiet === true }, async (runs) => {
    outcome = { table, rows: rows.map((row) => outcomeOf(row, runsOf(row, planned, runs))) };
    if (!json) process.stdout.write(`${reproductionText(outcome)}\n`);
    await write(out, outcome);
    return outcome.rows.some(({ verdict }) => verdict === 'outside') ? OUTSIDE : exitCodeOf(runs);
  });
  return { code, outcome };
}

function tableNamed(name: string): Reproduction {
  const table = reproductionNamed(name);
  if (table) return table;
  throw new ClTorchError(
    'CONFIG_INVALID',
    `There is no table '${name}'; there are ${reproductions.map((each) => each.name).join(', ')}, and '${ALL}' for all of them.`,
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

function print(data: unknown): void {
  process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
}

/** The page and the other files in the folder. */
async function write(out: string, outcome: ReproductionOutcome): Promise<void> {
  await writeReproductionPage(join(out, 'reproduction.html'), outcome);
  await writeText(join(out, 'reproduction.md'), reproductionMarkdown(outcome));
  await writeText(join(out, 'reproduction.csv'), csv(reproductionTable(outcome)));
  await writeText(join(out, 'reproduction.json'), `${JSON.stringify(reproductionData(outcome), null, 2)}\n`);
  process.stderr.write(
    `Files: ${join(out, 'reproduction.html')}, reproduction.md, reproduction.csv, reproduction.json\n`,
  );
}
