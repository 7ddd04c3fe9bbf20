import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { sweepPage } from '../../lib/report/html/sweep-page.js';
import { resultsText } from '../../lib/report/sweep/results-text.js';
import { bestTrial, resultRows, wholeTrials } from '../../lib/report/sweep/rows.js';
import { significanceOf, significanceWords } from '../../lib/report/sweep/significance.js';
import { statusText } from '../../lib/report/sweep/status-text.js';
import {
  resultsTable,
  runsTable,
  sweepCsv,
  sweepLatex,
  sweepMarkdown,
} from '../../lib/report/sweep/tables.js';
import { choiceWords, settingText } from '../../lib/report/sweep/words.js';
import { latexText } from '../../lib/report/text/latex.js';
import type { RunSummary, SweepReport } from '../../lib/sweep/plan/types.js';
import { type MadeUp, madeUpSweep } from '../support/made-up-sweep.js';

const place = { folder: 'out', logOf: (name: string) => `out/logs/${name}.log` };
const status = (report: SweepReport): string => statusText(report, place, picocolors.createColors(false));
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

const KINDS: Record<string, MadeUp> = {
  random: {},
  'random with trouble': { troubled: { failed: 11, diverged: 13, running: 17, missing: 19, stopped: 23 } },
  tpe: { kind: 'tpe', trials: 20, by: 'average' },
  asha: { kind: 'asha', trials: 27, choice: 'first-tasks' },
  'nothing chosen': { choice: 'none', trials: 3 },
  'nothing done': { troubled: { missing: 1 } },
  'one setting': { settings: {}, trials: 1, choice: 'none' },
  'long names': { methods: ['a-strategy-with-a-name-that-is-much-longer-than-most', 'er+lfd+ewc+si+mas'] },
};

/** The same sweep with the final accuracies of its final runs replaced, seed by seed. */
function withFinals(report: SweepReport, finals: readonly (readonly number[])[]): SweepReport {
  const methods = report.methods.map((method, index) => ({
    ...method,
    final: method.final.map(
      (run, seed): RunSummary => ({ ...run, final: finals[index]?.[seed] ?? null, status: 'completed' }),
    ),
  }));
  return { ...report, methods };
}

describe.each(Object.entries(KINDS))('a sweep: %s', (_, kind) => {
  const report = madeUpSweep(kind);

  test('its status and its results fit 80 columns', () => {
    for (const text of [status(report), resultsText(report)]) {
      for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
      expect(text).not.toMatch(/undefined|NaN|null/);
    }
  });

  test('its tables have a cell for each column, in CSV and LaTeX as well', () => {
    for (const { columns, rows } of [resultsTable(report), runsTable(report)])
      for (const row of rows) expect(row).toHaveLength(columns.length);
    const runs = report.methods.flatMap(({ trials, final }) => [
      ...trials.flatMap((trial) => trial.runs),
      ...final,
    ]);
    expect(sweepCsv(report).match(/\r\n/g)).toHaveLength(1 + runs.length);
    const lines = sweepLatex(report).split('\n');
    const cells = lines.filter((line) => line.endsWith('\\\\')).map((line) => line.split(' & ').length);
    expect(new Set(cells).size).toBe(1);
  });
});

describe('the status', () => {
  test('counts runs, names what is chosen, and tells what failed and where its log is', () => {
    const text = status(madeUpSweep({ troubled: { failed: 50 } }));
    expect(text).toContain('3 methods × 12 settings × 3 seeds, chosen on validation images');
    expect(text).toMatch(/^123 runs, all over: 121 completed, 2 failed$/m);
    expect(flat(text)).toMatch(
      /er 12 of 12 settings over chosen: setting \d+ \(learningRate [\d.e-]+, memorySize/,
    );
    expect(flat(text)).toMatch(/\d ± \d\.\d\d % of validation images, seeds 0–2 test: /);
    expect(flat(text)).toMatch(/test: [\d.]+ ± [\d.]+ % of test images, seeds 10–14/);
    expect(text).toMatch(/2 runs failed:\n {2}[\w-]+ and 1 more: CONFIG_INVALID/);
    expect(text).toMatch(/^ {4}log: out\/logs\/[\w-]+\.log$/m);
  });

  test('is coloured where colours are wanted', () => {
    const text = statusText(madeUpSweep({ troubled: { failed: 50 } }), place, picocolors.createColors(true));
    expect(text).toContain('\u001b[32m121 completed\u001b[39m');
    expect(text).toContain('\u001b[31m2 failed\u001b[39m');
  });

  test('of 1,000 runs is there at once', () => {
    const report = madeUpSweep({ trials: 110, troubled: { failed: 3 } });
    const start = performance.now();
    expect(status(report).split('\n').length).toBeLessThan(40);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('what numbers are of is said wherever they stand', () => {
  const texts = (report: SweepReport): string[] => [
    resultsTable(report).caption,
    sweepMarkdown(report),
    sweepLatex(report),
    flat(resultsText(report)),
  ];

  test('chosen on validation images, measured on test images', () => {
    const report = madeUpSweep();
    for (const text of texts(report)) {
      expect(text).toContain('test images');
      expect(text).not.toContain('validation');
      expect(text).toMatch(/over seeds 10(–|--)14, none of which the choice has seen/);
    }
    expect(sweepCsv(report)).toMatch(/^er-t000-seed0,er,search,0,0,completed,9,.*,validation images,/m);
    expect(sweepCsv(report)).toMatch(/^er-final-seed10,er,final,\d+,10,completed,9,.*,test images,/m);
    expect(choiceWords(report.spec)).toContain('Only what was chosen is measured on the test images');
  });

  test('chosen on the first tasks', () => {
    const report = madeUpSweep({ choice: 'first-tasks' });
    for (const text of texts(report)) expect(text).toContain('test images of the tasks after the first 9');
    expect(status(report)).toContain('chosen on test images of the first 9 tasks');
  });

  test('nothing chosen', () => {
    const report = madeUpSweep({ choice: 'none', trials: 2 });
    for (const text of texts(report)) expect(text).toMatch(/over seeds 0(–|--)2; nothing was chosen/);
    expect(choiceWords(report.spec)).toMatch(/^Nothing is chosen: .* every number is of the test images/);
    expect(resultRows(report)).toHaveLength(6);
    expect(flat(status(report))).not.toMatch(/ chosen: | test: /);
  });
});

describe('significance', () => {
  test('marks the best and the differences that the seeds show', () => {
    const report = withFinals(madeUpSweep({ gap: 0 }), [
      [90, 91, 92, 91, 90],
      [80, 81.1, 82, 81, 80],
      [80.1, 80.9, 82.1, 80.9, 80],
    ]);
    const text = resultsText(report);
    expect(text).toMatch(/90\.80 ± 0\.84\*/);
    expect(flat(text)).toContain('2 of them are significant (p below 0.05)');
    expect(text).toMatch(/er − ewc: \+9\.98 points \(\+9\.92 to \+10\.04\), p < 0\.001\*/);
    expect(text).toMatch(/ewc − lfd: \+0\.02 points .* p 0\.[5-9]\d\d$/m);
    expect(flat(text)).toContain(
      '5 seeds are few: a single pair is told apart only where its mean difference is over 1.2 times',
    );
    expect(resultsTable(report).bold?.has('0,3')).toBe(true);
    expect(sweepLatex(report)).toContain('\\textbf{90.80 $\\pm$ 0.84}');
  });

  test('is of common seeds alone; without two of them there is none', () => {
    const report = madeUpSweep({ methods: ['er', 'ewc'], finalSeeds: 1 });
    const found = significanceOf(report);
    expect(found).toMatchObject({ pairs: [], untested: 1 });
    expect(found && significanceWords(report, found)).toContain('Nothing can be tested');
    expect(resultsTable(report).bold?.size).toBe(0);
  });

  test('leaves the upper bound out', () => {
    const found = significanceOf(madeUpSweep({ methods: ['er', 'joint', 'lfd'] }));
    expect(found?.pairs.map(({ first, second }) => `${first.label} ${second.label}`)).toEqual(['er lfd']);
  });

  test('of very many rows is none, and the page says why', async () => {
    const many = madeUpSweep({ methods: ['er'], choice: 'none', trials: 21 });
    expect(significanceOf(many)).toBeNull();
    expect(await sweepPage(many, '0.1.0')).toContain('No pair is tested: 21 rows make 210 pairs');
    const few = madeUpSweep({ methods: ['er'], choice: 'none', trials: 20 });
    expect(await sweepPage(few, '0.1.0')).not.toContain('No pair is tested');
  });
});

test('a method of which no setting has a value says why', () => {
  expect(status(madeUpSweep({ methods: ['er'], trials: 4, seeds: 3, troubled: { failed: 1 } }))).toContain(
    'no setting has a value: of each a run failed or diverged',
  );
});

test('of asha a setting counts that reached the last rung', () => {
  const report = madeUpSweep({ kind: 'asha', trials: 27, methods: ['er'] });
  const [method] = report.methods;
  if (method === undefined) throw new Error('no method');
  expect(wholeTrials(report, method).map(({ number }) => number)).toEqual([0, 9, 18]);
  expect(method.trials.some(({ value }) => (value ?? 0) > (bestTrial(report, method)?.value ?? 0))).toBe(
    true,
  );
});

test('numbers of a setting have four digits', () => {
  expect([0.012345678, 1e-6, 0, 3, 1234567, [100, 50], 'sgd', true].map(settingText)).toEqual([
    '0.01235',
    '1e-6',
    '0',
    '3',
    '1235000',
    '100×50',
    'sgd',
    'true',
  ]);
});

test('LaTeX shows every sign as it is', () => {
  expect(latexText('a_b & 50 % of #1 {x} ~ ^ \\ $ < −3 ± 2')).toBe(
    'a\\_b \\& 50 \\% of \\#1 \\{x\\} \\textasciitilde{} \\textasciicircum{} \\textbackslash{} \\$ $<$ $-$3 $\\pm$ 2',
  );
});
