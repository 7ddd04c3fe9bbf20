import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../lib/runs/types.js';
import { Terminal } from '../support/tmux.js';
import { onTerminal, type Sandbox, sandbox } from './command.js';
import { expectNothingTorn, LIVE, shown, visibleRun, withTmux } from './visible.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

const run = (strategy: string, ...more: string[]): string[] => visibleRun(box, strategy, ...more);

/** Three tasks of a moment, where nobody watches them go by. */
const quick = (...more: string[]): string[] =>
  run('baseline', '--epochs', '1', '--hidden', '16', '--batch-size', '64', ...more);

const lfd = (...more: string[]): string[] =>
  run('lfd', '--memory-size', '50', '--direction-iterations', '60', ...more);

/** The accuracies of the run that wrote these events, as the screen shows them. */
async function expected(events: string): Promise<{ rows: string[][]; average: string }> {
  const last = (await readFile(events, 'utf8')).trimEnd().split('\n').at(-1) ?? '';
  const { result } = JSON.parse(last) as { result: RunResult };
  const rows = result.accuracy.map((row, task) => [...row, result.taskMeans[task] ?? Number.NaN]);
  return {
    rows: rows.map((row) => row.map((value) => (value === 100 ? '100.0' : value.toFixed(2)))),
    average: (result.average ?? Number.NaN).toFixed(2).replace(/0$/, ''),
  };
}

/** A file with lfd as a custom strategy that looks for the third task's direction again and again, until `end` is there. */
async function patientStrategy(end: string): Promise<string> {
  const library = new URL('../../dist/index.js', import.meta.url).href;
  const file = join(box.folder, 'patient.mjs');
  await writeFile(
    file,
    `import { existsSync } from 'node:fs';
    import { searchDirection, lfdOptions, memoryOptions, remember } from ${JSON.stringify(library)};
    const isHeld = ({ task }) => task === 2 && !existsSync(${JSON.stringify(end)});
    export default {
      name: 'patient',
      options: { ...lfdOptions, ...memoryOptions({ rehearsal: 0 }) },
      create: (config) => ({
        async beforeTask(context) {
          await context.session.vectors.copy('parameters', 'anchor');
          while (isHeld(context)) await searchDirection(config, context);
        },
        afterTask: (context) => remember(config, context),
      }),
    };`,
  );
  return file;
}

withTmux('what a person sees on a terminal', () => {
  test('80 columns: the matrix grows, below it the task, its loss and the time left; then the summary', async () => {
    // Long enough for several of the reports that come ten times a second, however fast the machine is.
    const events = join(box.folder, 'wide.jsonl');
    const args = lfd('--epochs', '8', '--out', join(box.folder, 'wide'), '--events', events);
    using terminal = new Terminal(80, 24, shown(args));
    const screens = await terminal.untilEnded();
    expectNothingTorn(screens);
    const seen = screens.flat().join('\n');
    expect(seen).toMatch(/^▸ task [012] {2}epoch [1-8]\/8 {3}[█░]{14,30} {3}[ \d]\d %$/m);
    expect(seen).toMatch(/^ {2}loss \d\.\d{4} {2}[▁▂▃▄▅▆▇█]{3,40}$/m);
    expect(seen).toMatch(/^▸ task [12] {2}finding the direction {2}[█░]+ {2} +\d+ %$/m);
    expect(seen).toMatch(/^ {2}loss along it \d\.\d{4} {2}[▁▂▃▄▅▆▇█]+$/m);
    expect(seen).toMatch(/^· tasks 1 to 2 to come$/m);
    expect(seen).toMatch(/^ {2}all tasks +[█░]{14} +\d+ % +[\d,]+ images\/s +[\d.]+ s left$/m);
    const { rows, average } = await expected(events);
    const end = terminal.screen();
    const head = end.findIndex((line) => /^ {14,}on 0 {2}on 1 {2}on 2 {2}mean$/.test(line));
    expect(end[head - 1]).toBe('Accuracy in percent of the test images');
    const matrix = end.filter((line) => line.startsWith('after task '));
    expect(matrix.map((line) => line.split(/ +/).slice(3))).toEqual(rows);
    const words = /^ {2}direction: memory loss along it \d\.\d+ → \d\.\d+; weights left it by \d/;
    expect(end.filter((line) => words.test(line))).toHaveLength(2);
    expect(
      end.filter((line) => /^ {2}equilibrium point: -?\d+ % of the way to the new weights; mean/.test(line)),
    ).toHaveLength(2);
    expect(end.join('\n')).toContain(`Average accuracy: ${average} %`);
    expect(end.join('\n')).toMatch(/^Time: .*direction \d.*equilibrium\s+point \d.*\s+evaluation \d/ms);
    expect(end.join('\n')).toMatch(/^Files: .*result\.json/m);
    expect(end.at(-1)).toBe('ended: 0');
    expect(end.join('\n')).not.toMatch(LIVE);
    expect(terminal.isCursorShown()).toBe(true);
  });

  test('40 columns: nothing is wider; a matrix that does not fit comes in whole percents, then in parts', async () => {
    const events = join(box.folder, 'narrow.jsonl');
    const args = run('baseline', '--tasks', '5', '--epochs', '1', '--hidden', '100', '--events', events);
    using terminal = new Terminal(40, 60, shown(args));
    const screens = await terminal.untilEnded();
    expectNothingTorn(screens);
    const { rows } = await expected(events);
    const text = screens.flat().join('\n');
    expect(text).toMatch(/^▸ task \d {2}epoch 1\/1 {2}[█░]+ +\d+ %$/m);
    for (const [task, row] of rows.entries()) {
      const whole = row.slice(0, -1).map((value) => `${Math.round(Number(value))}`.padStart(4));
      expect(text).toContain(`task ${task}: mean ${row.at(-1)}\n${whole.join('')}`);
    }
    const end = terminal.screen();
    const parts = end
      .filter((line) => line.startsWith('after task 4 '))
      .map((line) => line.split(/ +/).slice(3));
    expect(parts).toHaveLength(2);
    expect(parts.flat()).toEqual(rows[4]);
    // A line that the terminal broke would have no blank at its break; one of the heading's is by chance as wide as it.
    expect(end.filter((line) => line.length === 40 && !line.endsWith(' '))).toEqual([
      '  domain-incremental tasks, 1 epoch each',
    ]);
    expect(end.join('\n')).not.toMatch(LIVE);
  });

  test('narrower and wider again while it runs: nothing is torn, doubled or lost', async () => {
    const [events, end] = [join(box.folder, 'resized.jsonl'), join(box.folder, 'resized')];
    const [, , ...options] = lfd('--epochs', '1', '--events', events);
    const args = ['run', '--strategy', await patientStrategy(end), ...options];
    // Lines before it, as a shell has them: of what reaches the top, tmux moves a part out of the screen, out of reach.
    const command = shown(args).map((word) => `'${word}'`);
    using terminal = new Terminal(90, 40, ['sh', '-c', `seq 20; exec ${command.join(' ')}`]);
    await terminal.watch((screen) => screen.some((line) => line.includes('images/s')));
    const widths = [50, 41, 70, 33, 90, 60, 80];
    for (const columns of widths) {
      terminal.resize(columns, 40);
      await new Promise((resolve) => setTimeout(resolve, 500)); // tmux tells the program a quarter of a second later
      const settled = (screen: string[]): boolean => {
        const lines = screen.filter((line) => LIVE.test(line));
        return lines.length === 4 && lines.every((line) => line.length < columns);
      };
      expectNothingTorn([(await terminal.watch(settled)).at(-1) ?? []]);
    }
    await writeFile(end, '');
    await terminal.untilEnded();
    const all = terminal.history();
    expect(all.join('\n')).not.toMatch(LIVE);
    const { rows } = await expected(events);
    // The screen may hold a row twice, as it came and in the table at the end, but none is missing.
    const table = all.slice(all.lastIndexOf('Accuracy in percent of the test images'));
    const matrix = table.filter((line) => line.startsWith('after task '));
    expect(matrix.map((line) => line.split(/ +/).slice(3))).toEqual(rows);
  });

  test('a low one', async () => {
    using terminal = new Terminal(80, 3, shown(quick()));
    await terminal.untilEnded();
    expect(terminal.history().filter((line) => line.startsWith('after task '))).toHaveLength(3);
  });

  test.each([80, 40])(
    'compare on %d columns: which method and seed trains, a bar, the time left; a line for each run',
    async (columns) => {
      const out = join(box.folder, `compared-${columns}`);
      const [, , ...options] = run('baseline', '--batch-size', '2');
      const args = [
        'compare',
        'baseline',
        'er',
        '--no-joint',
        '--seeds',
        '2',
        '--memory-size',
        '20',
        ...options,
      ];
      using terminal = new Terminal(columns, 30, shown([...args, '--out', out]));
      const screens = await terminal.untilEnded();
      const live = screens.filter((screen) => screen.some((line) => line.startsWith('  all runs')));
      expect(live.length).toBeGreaterThan(3);
      for (const screen of live) {
        const first = screen.findIndex((line) => line.startsWith('▸ '));
        expect(screen.length - first, screen.join('\n')).toBe(4);
        expect(Math.max(...screen.map((line) => line.length))).toBeLessThanOrEqual(columns);
      }
      const seen = screens.flat().join('\n');
      expect(seen).toMatch(/^▸ (baseline|er), seed 202[45] +[█░]+ +\d+ %$/m);
      expect(seen).toMatch(/^ {2}task [012] \(of 3\) {2}epoch [12]\/2 {2}loss/m);
      expect(seen).toMatch(/^· er to come$/m);
      expect(seen).toMatch(/^· the last method$/m);
      expect(seen).toMatch(
        columns < 60 ? /^ {2}all runs .*\d % {2}.* s left$/m : /^ {2}all runs .*\d of 4 done +.* s left$/m,
      );
      const end = terminal
        .history()
        .join('\n')
        .replace(/\n {2}(?=\S)/g, ' ');
      expect(end).toMatch(
        /^\[4\/4\] er, seed 2025: [\d.]+ % after the last task, forgetting [-\d.]+ points, [\d.]+ s$/m,
      );
      expect(end).toMatch(columns < 80 ? /^er, seeds: 2 accuracy, %: [\d.]+ ± [\d.]+/m : /^er +2 /m);
      expect(terminal.screen().join('\n')).not.toMatch(/all runs|[▸░█▁]/);
      expect(terminal.isCursorShown()).toBe(true);
      expect(terminal.screen().at(-1)).toBe('ended: 0');
    },
  );

  test('the first thing seen is what begins and what goes on, long before the first task', async () => {
    using terminal = new Terminal(80, 24, shown(run('baseline')));
    const screens = await terminal.untilEnded();
    const said = (pattern: RegExp): number => screens.findIndex((screen) => pattern.test(screen.join('\n')));
    const [what, loading, first] = [
      said(/^baseline on permuted-mnist of data: 3 domain-incremental tasks, 2 epochs each$/m),
      said(/^loading LibTorch …$/m),
      said(/^▸ task 0/m),
    ];
    expect(Math.min(what, loading)).toBeGreaterThanOrEqual(0);
    expect(Math.max(what, loading)).toBeLessThan(first);
    const end = terminal.history().join('\n');
    expect(end).not.toMatch(/…/);
    expect(end.match(/^baseline on permuted-mnist/gm)).toHaveLength(1);
    expect(end).toMatch(/^cpu \(/m);
  });

  test.each([0, 1, 19])(
    'a terminal that says it has %d columns loses no bar and no character',
    async (columns) => {
      const args = run('baseline', '--tasks', '2');
      const { status, stdout } = await onTerminal(columns, args);
      expect(status).toBe(0);
      const seen = stripVTControlCharacters(stdout);
      if (columns === 0) expect(seen).toMatch(/^▸ task \d {2}epoch \d\/2 {2,3}[█░]{14,30} +\d+ %\r$/m);
      expect(seen).toMatch(
        /^baseline on permuted-mnist of data: 2 domain-incremental tasks, 2 epochs each\r$/m,
      );
      expect(seen).toMatch(/^after task 1 +[\d.]+ +[\d.]+ +[\d.]+\r$/m);
    },
  );

  describe('colours', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins a colour.
    const COLOUR = /\u001b\[[\d;]*m/;

    test('by accuracy', async () => {
      using terminal = new Terminal(80, 24, shown(quick('--tasks', '2')));
      await terminal.untilEnded();
      // biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins a colour.
      expect(terminal.coloured()).toMatch(/after task 1 +\u001b\[3\dm *[\d.]+/);
    });

    test('none with NO_COLOR, and everything else as ever', async () => {
      const command = shown(run('baseline', '--tasks', '2', '--epochs', '1'));
      using terminal = new Terminal(80, 24, command, { NO_COLOR: '1' });
      const screens = await terminal.untilEnded();
      expect(screens.flat().join('\n')).toMatch(/^▸ task \d/m);
      expect(terminal.coloured()).toMatch(/^after task 1 /m);
      expect(terminal.coloured()).not.toMatch(COLOUR);
    });
  });

  describe('plain lines, as in the reference implementation, and the matrix at the end', () => {
    test.each([
      ['TERM=dumb', { TERM: 'dumb' }],
      ['CI=true', { CI: 'true' }],
    ])('with %s', async (_, env) => {
      using terminal = new Terminal(80, 24, shown(quick()), env as Record<string, string>);
      const screens = await terminal.untilEnded();
      expect(screens.flat().join('\n')).not.toMatch(LIVE);
      const end = terminal.screen().join('\n');
      expect(end).toMatch(/^Task 2: Task Acc = \[[\d.]+, [\d.]+, [\d.]+\], AVG = [\d.]+$/m);
      expect(end).toMatch(/^Task AVG Acc: /m);
      expect(end).toMatch(/^after task 2 +[\d.]+ [\d.]+ +[\d.]+ +[\d.]+$/m);
    });
  });

  test('piped: the lines alone', async () => {
    const command = shown(quick()).map((word) => `'${word}'`);
    using terminal = new Terminal(80, 24, ['sh', '-c', `${command.join(' ')} 2>/dev/null | cat`]);
    const screens = await terminal.untilEnded();
    expect(screens.flat().join('\n')).not.toMatch(LIVE);
    expect(
      terminal
        .screen()
        .slice(0, -1)
        .map((line) => line.replace(/[\d.]{2,}/g, 'x')),
    ).toEqual([
      'Task 0: Task Acc = [x], AVG = x',
      'Task 1: Task Acc = [x, x], AVG = x',
      'Task 2: Task Acc = [x, x, x], AVG = x',
      'Task AVG Acc: [x, x, x], AVG = x',
    ]);
  });
});
