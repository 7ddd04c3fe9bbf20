import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../lib/experiment/types.js';
import { outcomeOf } from '../support/child.js';
import { type Sandbox, sandbox, start, untilPrinted } from './command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

/** A run that takes minutes, of tasks that take a moment each. */
const long = (out: string): string[] =>
  [
    'run',
    'baseline',
    '--tasks',
    '1000',
    '--epochs',
    '1',
    '--hidden',
    '32',
    '--device',
    'cpu',
    '--threads',
    '1',
  ].concat('--batch-size', '4', '--data-dir', box.dataDir, '--out', join(box.folder, out));

async function resultIn(out: string): Promise<RunResult> {
  return JSON.parse(await readFile(join(box.folder, out, 'result.json'), 'utf8')) as RunResult;
}

describe('a signal ends a run and leaves what was finished', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s', async (signal, expected) => {
    const child = start(long(signal));
    const ended = outcomeOf(child);
    await untilPrinted(child, /^Task 1: .*\n/m);
    child.kill(signal);
    const { status, stdout, stderr } = await ended;
    expect(status).toBe(expected);
    const result = await resultIn(signal);
    const finished = stdout.trimEnd().split('\n').length;
    expect(result.status).toBe('interrupted');
    expect(result.accuracy.length).toBe(finished);
    expect(finished).toBeGreaterThanOrEqual(2);
    expect(stderr).toContain(`Interrupted after ${finished} of 1000 tasks. What was finished is in `);
    expect(stderr).not.toMatch(/error|^ +at /m);
  });
});

test('a reader that leaves early (| head -n 1) ends the run without a crash', async () => {
  const child = start(long('pipe'));
  const ended = outcomeOf(child);
  await untilPrinted(child, /\n/);
  child.stdout?.destroy();
  const { status, stderr } = await ended;
  expect(status).toBe(141);
  expect(stderr).not.toMatch(/EPIPE|^ +at /m);
  expect((await resultIn('pipe')).status).toBe('interrupted');
});

test('a second Ctrl-C ends the process at once', async () => {
  const module = new URL('../../dist/cli/interruption.js', import.meta.url).href;
  const child = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `const { Interruption } = await import(${JSON.stringify(module)});
     const { signal } = new Interruption();
     signal.addEventListener('abort', () => console.log('aborted'));
     setInterval(() => {}, 1000); // work that does not heed the signal
     console.log('ready');`,
  ]);
  const ended = outcomeOf(child);
  await untilPrinted(child, /ready/);
  child.kill('SIGINT');
  await untilPrinted(child, /aborted/);
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ status: 130, signal: null, stdout: 'ready\naborted\n' });
});
