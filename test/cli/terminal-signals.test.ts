import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RunResult } from '../../lib/runs/types.js';
import { Terminal } from '../support/tmux.js';
import { type Sandbox, sandbox } from './command.js';
import { expectNothingTorn, LIVE, shown, visibleRun, withTmux } from './visible.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

const run = (strategy: string, ...more: string[]): string[] => visibleRun(box, strategy, ...more);

withTmux('what a person sees on a terminal', () => {
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
});
