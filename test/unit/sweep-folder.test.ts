import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from '../../lib/files/lock.js';
import { SweepFolder } from '../../lib/sweep/plan/folder.js';
import { madeUpRun } from '../support/made-up-run.js';

let path: string;
let folder: SweepFolder;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'cl-torch-sweep-folder-'));
  folder = new SweepFolder(path);
  const run = folder.runFolder('er-t000-seed1');
  mkdirSync(run, { recursive: true });
  const begun = madeUpRun({ strategy: 'er', tasks: 3, seed: 1 }, { done: 1 });
  writeFileSync(join(run, 'result.json'), JSON.stringify({ ...begun, status: 'running' }));
});

afterEach(() => {
  rmSync(path, { recursive: true, force: true });
});

async function statusSeen(): Promise<string | undefined> {
  return (await folder.look('er-t000-seed1'))?.status;
}

test('a run is running while the process that took it lives, and stopped once that is gone', async () => {
  expect(await statusSeen()).toBe('stopped');
  const lock = join(folder.runFolder('er-t000-seed1'), 'run.lock');
  const release = await takeLock(lock);
  expect(await statusSeen()).toBe('running');
  const holder = JSON.parse(readFileSync(lock, 'utf8')) as object;
  await release();
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  writeFileSync(lock, JSON.stringify({ ...holder, pid: child.pid, began: undefined }));
  expect(await statusSeen()).toBe('running');
  child.kill('SIGKILL'); // as a kill -9 of everything, which leaves the lock where it is
  await ended;
  expect(await statusSeen()).toBe('stopped');
});

test('what a job still says after its run has failed stays in the log', async () => {
  mkdirSync(join(path, 'logs'));
  const log = openSync(folder.logFile('er-t000-seed1'), 'a'); // as a job of Slurm has it
  writeSync(log, 'begun\n');
  const input = { strategy: 'er' };
  await folder.fail(
    { name: 'er-t000-seed1', input },
    { code: 'DIVERGED', message: 'NaN' },
    'DIVERGED: NaN\n',
  );
  writeSync(log, 'ended\n');
  expect(readFileSync(folder.logFile('er-t000-seed1'), 'utf8')).toBe('begun\nDIVERGED: NaN\nended\n');
});
