import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '../../lib/runs/types.js';
import { clTorch, type Sandbox, sandbox } from './command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

/** Each step multiplies the weights by -99: after some twenty no float32 holds them. */
const wild = '--learning-rate 10 --weight-decay 10'.split(' ');

function command(...words: string[]): string[] {
  const small = '--tasks 2 --epochs 5 --hidden 16 --batch-size 64 --device cpu --threads 1';
  return [...words, ...small.split(' '), '--data-dir', box.dataDir];
}

test('a run that diverges ends with a warning, exit code 3 and no averages', async () => {
  const out = join(box.folder, 'stop');
  const events = join(box.folder, 'stop.jsonl');
  const { status, stdout, stderr } = await clTorch([
    ...command('run', 'baseline', ...wild),
    '--out',
    out,
    '--events',
    events,
  ]);
  expect(status).toBe(3);
  expect(stdout).toBe('Task AVG Acc: [], AVG = –\n');
  expect(stderr).toMatch(/^warning: The training diverged: task 0, epoch \d, step \d+ gave a loss/m);
  expect(stderr).not.toMatch(/BWT|ACC|NaN %/);
  const result = JSON.parse(await readFile(join(out, 'result.json'), 'utf8')) as RunResult;
  expect(result).toMatchObject({ status: 'diverged', diverged: { task: 0 }, metrics: null, average: null });
  expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('The training diverged: task 0');
  expect((await readdir(out)).sort()).toEqual(['config.json', 'report.html', 'result.json']);
  // The speed is that of the steps that were trained, not of the epoch that was planned.
  const lines = (await readFile(events, 'utf8')).trim().split('\n');
  const epoch = lines.map((line) => JSON.parse(line)).find(({ type }) => type === 'epoch');
  expect(epoch.samplesPerSecond * epoch.seconds).toBeLessThanOrEqual(64 * epoch.stepLosses.length + 1e-6);
  const types = (await readFile(events, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  expect(types.slice(-2)).toEqual(['diverged', 'end']);

  const resumed = await clTorch(['resume', out]);
  expect(resumed.status).toBe(1);
  expect(resumed.stderr).toMatch(/error: The run in .* diverged, and would do so again.*\[DIVERGED\]/);
});

test('--json and --quiet say it, too', async () => {
  const { status, stdout, stderr } = await clTorch([
    ...command('run', 'baseline', ...wild),
    '--json',
    '--quiet',
  ]);
  expect(status).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'diverged', metrics: null, average: null });
  expect(stderr).toMatch(/^warning: The training diverged: [^\n]*\n$/);
});

test('of several seeds that diverge, each warning names its run, also with --quiet; resume names the folders', async () => {
  const out = join(box.folder, 'my seeds');
  const { status, stderr } = await clTorch([
    ...command('run', 'baseline', ...wild, '--quiet', '--seeds', '1,2'),
    '--out',
    out,
  ]);
  expect(status).toBe(3);
  expect(stderr).toMatch(/This is baseline, seed 1\.\n.*This is baseline, seed 2\.\n/);
  const resumed = await clTorch(['resume', out]);
  expect(resumed.status).toBe(1);
  expect(resumed.stderr).toContain(
    `It holds other runs (seed-1, seed-2); name one: cl-torch resume '${join(out, 'seed-1')}'`,
  );
});

test('--on-nan continue goes on to the end, with every row wrong; predict refuses the model', async () => {
  const out = join(box.folder, 'continue');
  const { status, stdout, stderr } = await clTorch([
    ...command('run', 'baseline', ...wild, '--on-nan', 'continue'),
    '--out',
    out,
  ]);
  expect(status).toBe(0);
  expect(stdout).toContain('Task 1: Task Acc = [0.0, 0.0], AVG = 0.0\n');
  expect(stderr).toMatch(/warning: The training diverged/);
  const images = join(box.dataDir, 't10k-images-idx3-ubyte');
  const predicted = await clTorch(['predict', out, '--task', '0', '--images', images]);
  expect(predicted).toMatchObject({ status: 1, stdout: '' });
  expect(predicted.stderr).toContain('[DIVERGED]');
});

test('compare: a method that diverges does not keep the others from the table', async () => {
  const out = join(box.folder, 'comparison');
  const args = [...command('compare', 'baseline', ...wild), '--no-joint', '--seeds', '2', '--out', out];
  const { status, stdout } = await clTorch(args);
  expect(stdout).toMatch(/baseline +0 \+ 2 diverged +diverged +diverged/);
  expect(status).toBe(3);
  expect(await readFile(join(out, 'comparison.csv'), 'utf8')).toMatch(/\nbaseline,0,2/);
  // The page tells of it, and draws nothing of it.
  const page = await readFile(join(out, 'comparison.html'), 'utf8');
  expect(page).not.toMatch(/<td[^>]*class="text"[^>]*>diverged/);
  // The same command again reads what is there.
  const again = await clTorch(args);
  expect(again.stderr).toContain('baseline, seed 2024: done before');
  expect(again.status).toBe(3);
});
