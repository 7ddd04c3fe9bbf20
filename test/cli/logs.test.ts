import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent, RunResult } from '../../lib/runs/types.js';
import { outcomeOf } from '../support/child.js';
import { clTorch, type Sandbox, sandbox, start, untilPrinted } from './command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

const tiny = (...more: string[]): string[] =>
  'run lfd --tasks 3 --epochs 2 --hidden 16 --device cpu --threads 1 --batch-size 100 --memory-size 50'
    .split(' ')
    .concat('--data-dir', box.dataDir, ...more);

type Line = RunEvent & { readonly version: number; readonly time: string };

async function linesIn(file: string): Promise<Line[]> {
  return (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('--events', () => {
  test('has what happened, in order, and the result', async () => {
    const file = join(box.folder, 'whole.jsonl');
    const { status, stdout } = await clTorch(tiny('--events', file, '--json', '--quiet'));
    expect(status).toBe(0);
    const result = JSON.parse(stdout) as RunResult;
    const lines = await linesIn(file);
    const milestones = lines
      .map(({ type }) => type)
      .filter((type) => type !== 'progress' && type !== 'search');
    const task = ['task-start', 'epoch', 'epoch', 'task'];
    expect(milestones).toEqual(['start', ...task, ...task, ...task, 'end']);
    const times = lines.map(({ time }) => Date.parse(time));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(lines.every(({ version }) => version === 2)).toBe(true);
    expect(lines.flatMap((line) => (line.type === 'task' ? [line.accuracy] : []))).toEqual(result.accuracy);
    // 512 images in batches of 100: 6 steps; their mean is the epoch's loss.
    for (const line of lines) {
      if (line.type !== 'epoch') continue;
      const losses = Array.from(line.stepLosses);
      expect(losses).toHaveLength(6);
      expect(losses.reduce((sum, loss) => sum + loss, 0) / 6).toBeCloseTo(line.loss, 6);
      expect(result.losses[line.task]?.[line.epoch]).toBe(line.loss);
    }
    expect(lines.at(-1)).toMatchObject({ type: 'end', result });
  });

  test('of a killed run has every line whole; the next run follows', async () => {
    const file = join(box.folder, 'killed.jsonl');
    const child = start(tiny('--tasks', '1000', '--events', file));
    const ended = outcomeOf(child);
    await untilPrinted(child, /^Task 1: /m);
    child.kill('SIGKILL');
    await ended;
    const before = await linesIn(file);
    expect(before.filter(({ type }) => type === 'task').length).toBeGreaterThanOrEqual(2);
    expect((await clTorch(tiny('--tasks', '1', '--events', file, '--quiet'))).status).toBe(0);
    const after = await linesIn(file);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).map(({ type }) => type)).toContain('end');
  });

  test('that cannot be written is refused before any work', async () => {
    const { status, stdout, stderr } = await clTorch(tiny('--events', box.folder));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^error: Cannot write '.*--events\. \[OUTPUT_FAILED\]\n$/);
  });

  test('on a full disk: the run ends, told as such', async () => {
    const { status, stdout, stderr } = await clTorch(tiny('--events', '/dev/full'));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/error: Cannot write '\/dev\/full': ENOSPC.*\[OUTPUT_FAILED\]\n$/);
  });

  test('docs/events.md names every field', async () => {
    const file = join(box.folder, 'fields.jsonl');
    await clTorch(tiny('--events', file, '--tasks', '2', '--quiet'));
    const text = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');
    const named = new Set(Array.from(text.matchAll(/`(\w+)`/g), ([, name]) => name));
    const unnamed = (await linesIn(file))
      .flatMap((line) => fieldsOf(line))
      .filter((field) => !named.has(field));
    expect([...new Set(unnamed)]).toEqual([]);
  });
});

/**
 * Names of fields, at every depth but in the configuration and the result, which have pages of their own, and without the
 * names that a strategy gives to what it tells.
 */
function fieldsOf(value: object): string[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    if (['config', 'result'].includes(name) || Array.isArray(inner)) return [name];
    if (typeof inner !== 'object' || inner === null) return [name];
    const isNamed = ['measures', 'curves', 'phases'].includes(name);
    return [name, ...(isNamed ? Object.values(inner).flatMap(fieldsOf) : fieldsOf(inner))];
  });
}

describe('--tensorboard', () => {
  test('has a folder for each seed', async () => {
    const place = join(box.folder, 'tensorboard');
    const { status } = await clTorch(tiny('--tensorboard', place, '--seeds', '3,5', '--quiet'));
    expect(status).toBe(0);
    expect(readdirSync(place).sort()).toEqual(['lfd-seed3', 'lfd-seed5']);
  });

  test('that cannot be written is refused before any work', async () => {
    const { status, stdout, stderr } = await clTorch(tiny('--tensorboard', '/dev/null/runs'));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^error: Cannot write '\/dev\/null\/runs'.*--tensorboard\. \[OUTPUT_FAILED\]\n$/);
  });
});
