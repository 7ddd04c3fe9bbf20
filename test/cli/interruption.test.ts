import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RunResult } from '../../lib/runs/types.js';
import { outcomeOf } from '../support/child.js';
import { binary, type Sandbox, sandbox, start, untilPrinted } from './command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

/** The tests themselves may have been started by nohup. */
const UNSHIELDED: NodeJS.ProcessEnv = { _: undefined };

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
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
    ['SIGXCPU', 152],
  ] as const)('%s', async (signal, expected) => {
    const child = start(long(signal), UNSHIELDED);
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
    expect(await readdir(join(box.folder, signal))).not.toContain('run.lock');
  });
});

describe('a run that was started to outlive its terminal goes on after SIGHUP', () => {
  const short = (out: string): string[] => long(out).map((word) => (word === '1000' ? '40' : word));

  test('under nohup, its output in a file', async () => {
    const log = openSync(join(box.folder, 'nohup.log'), 'w');
    const command = [process.execPath, binary, ...short('nohup')];
    const child = spawn('nohup', command, { stdio: ['ignore', log, log], env: shielded() });
    await expectHangupSurvived(child, 'nohup');
  });

  test("started by a shell after trap '' HUP", async () => {
    const words = [process.execPath, binary, ...short('trap')].map((word) => `'${word}'`).join(' ');
    const child = spawn('sh', ['-c', `trap '' HUP; ${words}; exit $?`], { env: shielded(), detached: true });
    await expectHangupSurvived(child, 'trap');
  });

  test('as bash names nohup to what it starts', async () => {
    await expectHangupSurvived(start(short('named'), { _: '/usr/bin/nohup' }), 'named');
  });

  const shielded = (): NodeJS.ProcessEnv => ({ ...process.env, ...UNSHIELDED });

  async function expectHangupSurvived(child: ChildProcess, out: string): Promise<void> {
    const ended = outcomeOf(child);
    await vi.waitFor(async () => expect((await resultIn(out)).status).toBe('running'), 30_000);
    process.kill(child.spawnargs[0] === 'sh' ? -(child.pid ?? 0) : (child.pid ?? 0), 'SIGHUP');
    expect(await ended).toMatchObject({ status: 0, signal: null });
    expect((await resultIn(out)).status).toBe('completed');
  }
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
  const child = spawnInterruptible(`signal.addEventListener('abort', () => console.log('aborted'));`);
  const ended = outcomeOf(child);
  await untilPrinted(child, /ready/);
  child.kill('SIGINT');
  await untilPrinted(child, /aborted/);
  await new Promise((resolve) => setTimeout(resolve, 400)); // as long as a person takes
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ status: 130, signal: null, stdout: 'ready\naborted\n' });
});

/** A process whose work does not heed the signal, unless `body` does. */
function spawnInterruptible(body: string): ChildProcess {
  const module = new URL('../../dist/cli/support/interruption.js', import.meta.url).href;
  const code = `const { Interruption } = await import(${JSON.stringify(module)});
    const { signal } = new Interruption();
    ${body}
    setInterval(() => {}, 1000);
    console.log('ready');`;
  const env = { ...process.env, ...UNSHIELDED };
  return spawn(process.execPath, ['--input-type=module', '-e', code], { env });
}

test('a closing terminal, which tells of itself twice, still lets the work end by itself', async () => {
  const child = spawnInterruptible(
    `signal.addEventListener('abort', () => setTimeout(() => { console.log('ended'); process.exit(129); }, 500));`,
  );
  const ended = outcomeOf(child);
  await untilPrinted(child, /ready/);
  for (let i = 0; i < 5; ++i) {
    child.kill('SIGHUP');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await ended).toMatchObject({ status: 129, stdout: 'ready\nended\n' });
});

test('an exception that nothing catches gives the cursor back', async () => {
  const module = new URL('../../dist/cli/support/live-text.js', import.meta.url).href;
  const child = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `const { LiveText } = await import(${JSON.stringify(module)});
     new LiveText().show(() => 'at work');
     setTimeout(() => { throw new Error('unforeseen'); }, 50);`,
  ]);
  const { status, stderr } = await outcomeOf(child);
  expect(status).toBe(1);
  expect(stderr.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stderr.lastIndexOf('\u001b[?25l'));
});
