import { describe, expect } from 'vitest';
import { hasTmux } from '../support/tmux.js';
import { binary, type Sandbox } from './command.js';

/** Tests of what is on a terminal; left out where there is no tmux to show one. */
export function withTmux(title: string, tests: () => void): void {
  const suite = hasTmux ? describe : describe.skip;
  const why = hasTmux ? '' : ' (skipped: tmux is not installed)';
  suite(`${title}${why}`, { timeout: 180_000 }, tests);
}

/** Three tasks of a second or so: wide layers, small batches, a long search. */
export const visibleRun = ({ dataDir }: Sandbox, strategy: string, ...more: string[]): string[] =>
  `run ${strategy} --tasks 3 --epochs 2 --hidden 300,300 --batch-size 1 --device cpu --threads 1`
    .split(' ')
    .concat('--data-dir', dataDir, ...more);

/** The command line as a terminal is given it. */
export const shown = (args: readonly string[]): string[] => [process.execPath, binary, ...args];

/** What only the lines have that go away again. */
export const LIVE: RegExp = /[▸·░█▁]|all tasks/;

/** Every screen has the live lines at most once, in their order, below everything else. */
export function expectNothingTorn(screens: readonly string[][]): void {
  for (const screen of screens) {
    const first = screen.findIndex((line) => LIVE.test(line));
    if (first < 0) continue;
    const live = screen.slice(first);
    expect(live.length, screen.join('\n')).toBeLessThanOrEqual(4);
    expect(live[0], screen.join('\n')).toMatch(/^▸ task \d/);
    expect(live.at(-1), screen.join('\n')).toMatch(/^ {2}all tasks/);
  }
}
