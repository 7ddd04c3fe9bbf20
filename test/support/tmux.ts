import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

/** Whether there is a tmux to show a run in (`apt-get install tmux`). */
export const hasTmux: boolean = spawnSync('tmux', ['-V']).status === 0;

/** Command and environment as tmux wants them: words for a shell. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** A terminal as a person sees it: what tmux, which interprets every sequence, has on its screen. */
export class Terminal implements Disposable {
  readonly #socket = `cl-torch-test-${randomUUID()}`;

  /** Runs the command there; what comes after its end is a line `ended: STATUS`. */
  constructor(columns: number, rows: number, command: readonly string[], env: Record<string, string> = {}) {
    const settings = Object.entries({ ...PLAIN, ...env }).map(([name, value]) => `${name}=${quoted(value)}`);
    const words = [
      'env',
      '-u',
      'CI',
      '-u',
      'NO_COLOR',
      '-u',
      'FORCE_COLOR',
      ...settings,
      ...command.map(quoted),
    ];
    const script = `${words.join(' ')}; echo "ended: $?"; sleep 600`;
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, script);
  }

  /** The lines on the screen, without the empty ones at its end. */
  screen(): string[] {
    return this.#lines();
  }

  /** The same with what has scrolled out of it. */
  history(): string[] {
    return this.#lines('-S', '-');
  }

  /** The history with the sequences for colours. */
  coloured(): string {
    return this.#lines('-e', '-S', '-').join('\n');
  }

  isCursorShown(): boolean {
    return this.#tmux('display-message', '-p', '#{cursor_flag}').trim() === '1';
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', `${columns}`, '-y', `${rows}`);
  }

  press(...keys: string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  /** Looks every 20 ms, until a look satisfies; resolves to all screens that were seen. */
  async watch(satisfies: (screen: string[]) => boolean, seconds = 150): Promise<string[][]> {
    const seen: string[][] = [];
    for (const end = Date.now() + 1000 * seconds; Date.now() < end; ) {
      const screen = this.screen();
      if (seen.at(-1)?.join('\n') !== screen.join('\n')) seen.push(screen);
      if (satisfies(screen)) return seen;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`The terminal never showed it. At the end it showed:\n${this.screen().join('\n')}`);
  }

  /** All screens until the command has ended. */
  untilEnded(): Promise<string[][]> {
    return this.watch((screen) => screen.some((line) => line.startsWith('ended: ')));
  }

  [Symbol.dispose](): void {
    this.#tmux('kill-server');
  }

  #lines(...flags: string[]): string[] {
    const text = this.#tmux('capture-pane', '-p', ...flags);
    return text.trimEnd().split('\n');
  }

  #tmux(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync('tmux', ['-u', '-L', this.#socket, ...args], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
    return stdout;
  }
}

const PLAIN = { TERM: 'screen-256color', LC_ALL: 'C.UTF-8' };
