import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ChildOutcome, outcomeOf } from '../support/child.js';
import { idx } from '../support/idx.js';
import { syntheticRows } from '../support/synthetic.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const binary: string = join(root, 'bin', 'cl-torch.js');

/** The real command line in a process of its own, its standard input closed and its outputs piped. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [binary, ...args], {
    cwd: tmpdir(),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function clTorch(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<ChildOutcome> {
  return outcomeOf(start(args, env));
}

/** The same with standard output going to a file or device. */
export function clTorchTo(output: string, args: readonly string[]): Promise<ChildOutcome> {
  const fd = openSync(output, 'w');
  const child = spawn(process.execPath, [binary, ...args], { cwd: tmpdir(), stdio: ['ignore', fd, 'pipe'] });
  closeSync(fd);
  return outcomeOf(child);
}

/** A terminal with colours, whatever the tests' own surroundings are. */
const colourful: NodeJS.ProcessEnv = {
  TERM: 'xterm-256color',
  CI: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
  NODE_DISABLE_COLORS: undefined,
};

/** The same on a terminal of that many columns; its `stdout` is what the terminal was sent. */
export function onTerminal(
  columns: number,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ChildOutcome> {
  const words = [process.execPath, binary, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 30; ${words}`, '/dev/null'], {
    env: { ...process.env, ...colourful, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return outcomeOf(child);
}

/** What a standard output has held so far, as soon as it matches. */
export function untilPrinted(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      if (pattern.test(text)) resolve(text);
    });
    child.once('close', () => reject(new Error(`The process ended without printing ${pattern}: ${text}`)));
  });
}

export interface Sandbox extends AsyncDisposable {
  readonly folder: string;
  /** Four small IDX files: 512 training and 128 test images, of 28 × 28 pixels unless said, in 10 classes that can be learnt. */
  readonly dataDir: string;
}

/** @param size - Width and height of the images. */
export async function sandbox(size: readonly [width: number, height: number] = [28, 28]): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'cl-torch-cli-'));
  const dataDir = join(folder, 'data');
  await mkdir(dataDir);
  await writeSplit(dataDir, 'train', 512, size);
  await writeSplit(dataDir, 't10k', 128, size);
  return { folder, dataDir, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

async function writeSplit(
  folder: string,
  name: string,
  rows: number,
  [width, height]: readonly [number, number],
): Promise<void> {
  const { images, labels } = syntheticRows(rows, width * height, 10);
  await writeFile(join(folder, `${name}-images-idx3-ubyte`), idx([rows, height, width], Array.from(images)));
  await writeFile(join(folder, `${name}-labels-idx1-ubyte`), idx([rows], Array.from(labels)));
}
