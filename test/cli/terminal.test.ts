import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RunResult } from '../../lib/runs/types.js';
import { hasTmux, Terminal } from '../support/tmux.js';
import { binary, clTorch, onTerminal, type Sandbox, sandbox } from './command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

/** Three tasks of a second or so: wide layers, small batches, a long search. */
const run = (strategy: string, ...more: string[]): string[] =>
  `run ${strategy} --tasks 3 --epochs 2 --hidden 300,300 --batch-size 1 --device cpu --threads 1`
    .split(' ')
    .concat('--data-dir', box.dataDir, ...more);

const lfd = (...more: string[]): string[] =>
  run('lfd', '--memory-size', '50', '--direction-iterations', '60', ...more);

const shown = (args: readonly string[]): string[] => [process.execPath, binary, ...args];

/** Accuracies as the screen shows them. */
async function expected(args: readonly string[]): Promise<{ rows: string[][]; average: string }> {
  const result = JSON.parse((await clTorch([...args, '--json', '--quiet'])).stdout) as RunResult;
  const rows = result.accuracy.map((row, task) => [...row, result.taskMeans[task] ?? Number.NaN]);
  return {
    rows: rows.map((row) => row.map((value) => (value === 100 ? '100.0' : value.toFixed(2)))),
    average: (result.average ?? Number.NaN).toFixed(2).replace(/0$/, ''),
  };
}

const LIVE = /[▸·░█▁]|all tasks/;

/** Every screen has the live lines at most once, in their order, below everything else. */
function expectNothingTorn(screens: readonly string[][]): void {
  for (const screen of screens) {
    const first = screen.findIndex((line) => LIVE.test(line));
    if (first < 0) continue;
    const live = screen.slice(first);
    expect(live.length, screen.join('\n')).toBeLessThanOrEqual(4);
    expect(live[0], screen.join('\n')).toMatch(/^▸ task \d/);
    expect(live.at(-1), screen.join('\n')).toMatch(/^ {2}all tasks/);
  }
}

const suite = hasTmux ? describe : describe.skip;

suite(`what a person sees on a terminal${hasTmux ? '' : ' (skipped: tmux is not installed)'}`, {
  timeout: 180_000,
}, () => {
  test('80 columns: the matrix grows, below it the task, its loss and the time left; then the summary', async () => {
    // Long enough for several of the reports that come ten times a second, however fast the machine is.
    const args = lfd('--epochs', '8');
    using terminal = new Terminal(80, 24, shown([...args, '--out', join(box.folder, 'wide')]));
    const screens = await terminal.untilEnded();
    expectNothingTorn(screens);
    const seen = screens.flat().join('\n');
    expect(seen).toMatch(/^▸ task [012] {2}epoch [1-8]\/8 {3}[█░]{14,30} {3}[ \d]\d %$/m);
    expect(seen).toMatch(/^ {2}loss \d\.\d{4} {2}[▁▂▃▄▅▆▇█]{3,40}$/m);
    expect(seen).toMatch(/^▸ task [12] {2}finding the direction {2}[█░]+ {2} +\d+ %$/m);
    expect(seen).toMatch(/^ {2}loss along it \d\.\d{4} {2}[▁▂▃▄▅▆▇█]+$/m);
    expect(seen).toMatch(/^· tasks 1 to 2 to come$/m);
    expect(seen).toMatch(/^ {2}all tasks +[█░]{14} +\d+ % +[\d,]+ images\/s +[\d.]+ s left$/m);
    const { rows, average } = await expected(args);
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
    expect(end.join('\n')).toMatch(/^Time: .*search.*evaluation/m);
    expect(end.join('\n')).toMatch(/^Files: .*result\.json/m);
    expect(end.at(-1)).toBe('ended: 0');
    expect(end.join('\n')).not.toMatch(LIVE);
    expect(terminal.isCursorShown()).toBe(true);
  });

  test('40 columns: nothing is wider; a matrix that does not fit comes in whole percents, then in parts', async () => {
    const args = run('baseline', '--tasks', '5', '--epochs', '1', '--hidden', '100');
    using terminal = new Terminal(40, 60, shown(args));
    const screens = await terminal.untilEnded();
    expectNothingTorn(screens);
    const { rows } = await expected(args);
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
    // A line that went on in the next one would have no blank at its break.
    expect(end.filter((line) => line.length === 40 && !line.endsWith(' '))).toEqual([]);
    expect(end.join('\n')).not.toMatch(LIVE);
  });

  test('narrower and wider again while it runs: nothing is torn, doubled or lost', async () => {
    const args = lfd('--epochs', '60'); // as long as the resizing takes, and some more
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
    await terminal.untilEnded();
    const all = terminal.history();
    expect(all.join('\n')).not.toMatch(LIVE);
    const { rows } = await expected(args);
    // The screen may hold a row twice, as it came and in the table at the end, but none is missing.
    const table = all.slice(all.lastIndexOf('Accuracy in percent of the test images'));
    const matrix = table.filter((line) => line.startsWith('after task '));
    expect(matrix.map((line) => line.split(/ +/).slice(3))).toEqual(rows);
  });

  test('a low one', async () => {
    using terminal = new Terminal(80, 3, shown(run('baseline', '--epochs', '1')));
    await terminal.untilEnded();
    expect(terminal.history().filter((line) => line.startsWith('after task '))).toHaveLength(3);
  });

  test('Ctrl-C: the live lines go, the rows stay, the cursor is back', async () => {
    using terminal = new Terminal(80, 24, shown(run('baseline', '--tasks', '1000')));
    await terminal.watch((screen) => screen.some((line) => line.startsWith('task 0: mean')));
    terminal.press('C-c');
    await terminal.untilEnded();
    const end = terminal.screen().join('\n');
    expect(end).toMatch(/^task 0: mean [\d.]+$/m);
    expect(end).toMatch(/^Interrupted after \d+ of 1000 tasks\. Nothing was written; /m);
    expect(end).toMatch(/^ended: 130$/m);
    expect(end).not.toMatch(LIVE);
    expect(terminal.isCursorShown()).toBe(true);
  });

  test('Ctrl-Z: the cursor is back for the shell; in the background nothing is drawn; fg draws again', async () => {
    const command = shown(run('baseline', '--tasks', '1000')).map((word) => `'${word}'`);
    using terminal = new Terminal(80, 30, ['env', 'PS1=$ ', 'sh', '-i']);
    const isLive = (screen: string[]): boolean => screen.some((line) => line.includes('images/s'));
    const isPrompt = (screen: string[]): boolean => screen.at(-1)?.trim() === '$';
    await terminal.watch(isPrompt);
    terminal.press(`${command.join(' ')}; stty -a > /dev/null`, 'Enter');
    await terminal.watch(isLive);
    expect(terminal.isCursorShown()).toBe(false);
    terminal.press('C-z');
    expectNothingTorn([(await terminal.watch(isPrompt)).at(-1) ?? []]);
    expect(terminal.isCursorShown()).toBe(true);
    expect(terminal.screen().join('\n')).not.toMatch(LIVE);
    terminal.press('bg', 'Enter');
    const rows = (): number => terminal.history().filter((line) => /^task \d+: mean/.test(line)).length;
    const before = rows();
    await terminal.watch(() => rows() > before); // it goes on
    expect(terminal.screen().join('\n')).not.toMatch(LIVE);
    expect(terminal.isCursorShown()).toBe(true);
    terminal.press('fg', 'Enter');
    await terminal.watch((screen) => isLive(screen) && !terminal.isCursorShown());
    terminal.press('C-c');
    await terminal.watch((screen) => isPrompt(screen) && screen.join('\n').includes('Interrupted after'));
    expect(terminal.isCursorShown()).toBe(true);
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
      said(/^baseline on permuted-mnist of mnist: 3 tasks, 2 epochs each$/m),
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

  test('a terminal that is closed ends the run as Ctrl-C does, and leaves no lock', async () => {
    const out = join(box.folder, 'closed');
    {
      using terminal = new Terminal(80, 24, shown(run('baseline', '--tasks', '1000', '--out', out)));
      await terminal.watch((screen) => screen.some((line) => line.startsWith('task 0: mean')));
    }
    const status = async (): Promise<string> =>
      (JSON.parse(await readFile(join(out, 'result.json'), 'utf8')) as RunResult).status;
    await vi.waitFor(async () => {
      expect(await status()).toBe('interrupted');
      expect(await readdir(out)).not.toContain('run.lock');
    }, 30_000);
  });

  test('one that ignores the closing of its terminal goes on to its end without it', async () => {
    const out = join(box.folder, 'outlived');
    const words = shown(run('baseline', '--batch-size', '2', '--out', out)).map((word) => `'${word}'`);
    {
      using terminal = new Terminal(80, 24, ['sh', '-c', `trap '' HUP; ${words.join(' ')}; true`]);
      await terminal.watch((screen) => screen.some((line) => line.startsWith('▸ task')));
    }
    await vi.waitFor(async () => {
      const result = JSON.parse(await readFile(join(out, 'result.json'), 'utf8')) as RunResult;
      expect(result.status).toBe('completed');
      expect(await readdir(out)).not.toContain('run.lock');
    }, 60_000);
  });

  test.each([0, 1, 19])(
    'a terminal that says it has %d columns loses no bar and no character',
    async (columns) => {
      const args = run('baseline', '--tasks', '2', '--epochs', '20');
      const { status, stdout } = await onTerminal(columns, args);
      expect(status).toBe(0);
      const seen = stripVTControlCharacters(stdout);
      if (columns === 0) expect(seen).toMatch(/^▸ task \d {2}epoch \d+\/20 {2,3}[█░]{14,30} +\d+ %\r$/m);
      expect(seen).toMatch(/^baseline on permuted-mnist of mnist: 2 tasks, 20 epochs each\r$/m);
      expect(seen).toMatch(/^after task 1 +[\d.]+ +[\d.]+ +[\d.]+\r$/m);
    },
  );

  describe('colours', () => {
    const quick = (): string[] => run('baseline', '--tasks', '2', '--epochs', '1');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins a colour.
    const COLOUR = /\u001b\[[\d;]*m/;

    test('by accuracy', async () => {
      using terminal = new Terminal(80, 24, shown(quick()));
      await terminal.untilEnded();
      // biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins a colour.
      expect(terminal.coloured()).toMatch(/after task 1 +\u001b\[3\dm *[\d.]+/);
    });

    test('none with NO_COLOR, and everything else as ever', async () => {
      using terminal = new Terminal(80, 24, shown(quick()), { NO_COLOR: '1' });
      const screens = await terminal.untilEnded();
      expect(screens.flat().join('\n')).toMatch(/^▸ task \d/m);
      expect(terminal.coloured()).toMatch(/^after task 1 /m);
      expect(terminal.coloured()).not.toMatch(COLOUR);
    });
  });

  describe('plain lines, as in the listing, and the matrix at the end', () => {
    test.each([
      ['TERM=dumb', { TERM: 'dumb' }],
      ['CI=true', { CI: 'true' }],
    ])('with %s', async (_, env) => {
      using terminal = new Terminal(
        80,
        24,
        shown(run('baseline', '--epochs', '1')),
        env as Record<string, string>,
      );
      const screens = await terminal.untilEnded();
      expect(screens.flat().join('\n')).not.toMatch(LIVE);
      const end = terminal.screen().join('\n');
      expect(end).toMatch(/^Task 2: Task Acc = \[[\d.]+, [\d.]+, [\d.]+\], AVG = [\d.]+$/m);
      expect(end).toMatch(/^Task AVG Acc: /m);
      expect(end).toMatch(/^after task 2 +[\d.]+ [\d.]+ +[\d.]+ +[\d.]+$/m);
    });
  });

  test('piped: the lines alone', async () => {
    const command = shown(run('baseline', '--epochs', '1')).map((word) => `'${word}'`);
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
