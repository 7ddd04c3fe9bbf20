import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from '../../lib/runs/checkpoint.js';
import type { RunResult } from '../../lib/runs/types.js';
import { outcomeOf } from '../support/child.js';
import { modelIn, timeless } from '../support/runs.js';
import { clTorch, type Sandbox, sandbox, start, untilPrinted } from './command.js';

vi.setConfig({ testTimeout: 180_000 }); // several processes each

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

/** A run of `tasks` tasks; with a batch size of 4, each takes a moment. */
function run(out: string, tasks: number, ...more: string[]): string[] {
  const options = {
    tasks,
    epochs: 1,
    hidden: 16,
    device: 'cpu',
    threads: 1,
    'batch-size': 4,
    'data-dir': box.dataDir,
    out,
  };
  return [
    'run',
    'baseline',
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]),
    ...more,
  ];
}

async function resultIn(out: string): Promise<RunResult> {
  return JSON.parse(await readFile(join(out, 'result.json'), 'utf8')) as RunResult;
}

test('a run stopped by Ctrl-C tells how to go on, and goes on', async () => {
  const whole = join(box.folder, 'whole');
  const stopped = join(box.folder, 'stopped');
  expect((await clTorch(run(whole, 6))).status).toBe(0);

  const child = start(run(stopped, 6, '--checkpoint-every', 'epoch'));
  const ended = outcomeOf(child);
  await untilPrinted(child, /^Task 1: .*\n/m);
  child.kill('SIGINT');
  const { status, stderr } = await ended;
  expect(status).toBe(130);
  const [, command = ''] = /go on with: cl-torch (resume .*)$/m.exec(stderr) ?? [];
  expect(command).toBe(`resume ${stopped}`);

  const resumed = await clTorch(command.split(' '));
  expect(resumed.status).toBe(0);
  expect(resumed.stderr).toMatch(/^Resumed: [1-5] tasks? done(, and 1 epoch of the next)?\.$/m);
  expect(resumed.stdout).toMatch(/^Task 5: /m);
  expect(resumed.stdout).not.toMatch(/^Task 0: /m);
  expect(timeless(await resultIn(stopped))).toEqual(timeless(await resultIn(whole)));
  expect(await modelIn(stopped)).toEqual(await modelIn(whole));
});

test('a run whose data were moved goes on with --data-dir', async () => {
  const [out, moved, back] = ['moved-data', 'data-before', 'data-after'].map((name) =>
    join(box.folder, name),
  ) as [string, string, string];
  await cp(box.dataDir, moved, { recursive: true });
  expect((await clTorch([...run(out, 1), '--data-dir', moved])).status).toBe(0);
  await rename(moved, back);
  const gone = await clTorch(['resume', out]);
  expect(gone.stderr).toContain('[DATA_NOT_FOUND]');
  expect((await clTorch(['resume', out, '--data-dir', back])).status).toBe(0);
});

test('a second process on a run that is going is refused, and says who has it', async () => {
  const out = join(box.folder, 'busy');
  const child = start(run(out, 1000));
  const ended = outcomeOf(child);
  await untilPrinted(child, /^Task 0: /m);
  const before = await readFile(join(out, 'config.json'));
  for (const args of [['resume', out], run(out, 1), run(out, 1, '--force')]) {
    const { status, stderr } = await clTorch(args);
    expect(status).toBe(1);
    expect(stderr).toContain(`belongs to process ${child.pid} on ${hostname()}`);
    expect(stderr).toContain('[RUN_IN_USE]');
  }
  expect(await readFile(join(out, 'config.json'))).toEqual(before);
  child.kill('SIGTERM');
  expect((await ended).status).toBe(143);
});

test('--force replaces a finished run, and only that: without it the run stays', async () => {
  const out = join(box.folder, 'forced');
  expect((await clTorch(run(out, 2))).status).toBe(0);
  await writeFile(join(out, 'notes.txt'), 'mine');
  const before = await resultIn(out);

  const refused = await clTorch(run(out, 1));
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain(`already holds a run. Go on with it by \`cl-torch resume ${out}\``);
  expect(await resultIn(out)).toEqual(before);

  expect((await clTorch(run(out, 1, '--force', '--checkpoint-every', 'off'))).status).toBe(0);
  expect((await resultIn(out)).accuracy).toHaveLength(1);
  expect((await readdir(out)).sort()).toEqual([
    'config.json',
    'model.safetensors',
    'notes.txt',
    'report.html',
    'result.json',
  ]);

  const complete = await clTorch(['resume', out]); // it has no checkpoint
  expect(complete.status).toBe(1);
  expect(complete.stderr).toContain('is complete and has no checkpoint');
});

test('a run that cannot start leaves what --force would replace', async () => {
  const out = join(box.folder, 'kept');
  expect((await clTorch(run(out, 1))).status).toBe(0);
  const before = await resultIn(out);
  const { status } = await clTorch([...run(out, 1, '--force'), '--data-dir', join(box.folder, 'nowhere')]);
  expect(status).toBe(1);
  expect(await resultIn(out)).toEqual(before);
});

describe('resume refuses', () => {
  test('a folder without a run', async () => {
    for (const folder of ['absent', 'empty']) {
      const path = join(box.folder, folder);
      if (folder === 'empty') await mkdir(path);
      const { status, stderr } = await clTorch(['resume', path]);
      expect(status).toBe(1);
      expect(stderr).toContain(`There is no run in '${path}'`);
      expect(stderr).toContain('[FILE_NOT_FOUND]');
    }
    expect(await readdir(box.folder)).not.toContain('absent');
  });

  test('a damaged checkpoint, and leaves it as it is', async () => {
    const out = join(box.folder, 'damaged');
    expect((await clTorch(run(out, 1))).status).toBe(0);
    const file = join(out, 'checkpoint.safetensors');
    await truncate(file, 5000);
    const { status, stderr } = await clTorch(['resume', out]);
    expect(status).toBe(1);
    expect(stderr).toContain(`The checkpoint file '${file}' is damaged`);
    expect((await readFile(file)).length).toBe(5000);
  });

  test('a checkpoint of another network, however whole it is', async () => {
    const [mine, other] = [join(box.folder, 'network'), join(box.folder, 'other-network')];
    expect((await clTorch(run(mine, 1))).status).toBe(0);
    expect((await clTorch([...run(other, 1), '--hidden', '17'])).status).toBe(0);
    const read = async (out: string) => {
      const path = join(out, 'checkpoint.safetensors');
      return decodeCheckpoint(await readFile(path), path);
    };
    const mixed = { ...(await read(mine)), session: (await read(other)).session };
    await writeFile(join(mine, 'checkpoint.safetensors'), encodeCheckpoint(mixed));
    const { status, stderr } = await clTorch(['resume', mine]);
    expect(status).toBe(1);
    expect(stderr).toContain(
      'its network is mlp (input 784, classes 10, hidden 17), and the run asks for mlp (input 784, classes 10, hidden 16)',
    );
    expect(stderr).toContain('[FILE_MISMATCH]');
  });

  test('other data than the run began with', async () => {
    const out = join(box.folder, 'other-data');
    const data = join(box.folder, 'data-copy');
    await mkdir(data);
    for (const name of await readdir(box.dataDir)) {
      await writeFile(join(data, name), await readFile(join(box.dataDir, name)));
    }
    expect((await clTorch([...run(out, 1), '--data-dir', data])).status).toBe(0);
    const images = join(data, 't10k-images-idx3-ubyte');
    const bytes = await readFile(images);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await writeFile(images, bytes);
    const { status, stderr } = await clTorch(['resume', out]);
    expect(status).toBe(1);
    expect(stderr).toContain("the data set's images or labels are not those that the run began with");
    expect(stderr).toContain('[FILE_MISMATCH]');
  });
});

/** Whether this process may mount; only root may. */
const mount = (folder: string, options: string): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0;
const umount = (folder: string): unknown => spawnSync('umount', ['-l', folder]);

describe('a disk that does not take the files', () => {
  test('that is full: a clear error, the last whole checkpoint stays, and the run goes on when there is room', async ({
    skip,
  }) => {
    const disk = join(box.folder, 'disk');
    await mkdir(disk);
    // 12,730 weights are 156 kB a checkpoint: there is room for one, and none for the next beside it.
    if (!mount(disk, 'size=256k')) skip('only root can mount a small disk');
    try {
      const out = join(disk, 'run');
      const full = await clTorch(run(out, 3));
      expect(full.status).toBe(1);
      expect(full.stderr).toMatch(/Cannot write to the output folder .*no space left on device.*free space/s);
      expect(full.stderr).toContain('[OUTPUT_FAILED]');
      expect((await readdir(out)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      spawnSync('mount', ['-o', 'remount,size=10m', disk]);
      const resumed = await clTorch(['resume', out]);
      expect(resumed.stderr).toContain('Resumed: 1 task done.');
      expect(resumed.status).toBe(0);
      const whole = join(box.folder, 'whole-3');
      await clTorch(run(whole, 3));
      expect(timeless(await resultIn(out))).toEqual(timeless(await resultIn(whole)));
    } finally {
      umount(disk);
    }
  });

  test('that is read-only: a clear error before any training', async ({ skip }) => {
    const disk = join(box.folder, 'read-only');
    await mkdir(disk);
    if (!mount(disk, 'ro')) skip('only root can mount a read-only disk');
    try {
      for (const out of [join(disk, 'run'), disk]) {
        const { status, stdout, stderr } = await clTorch(run(out, 1));
        expect(status).toBe(1);
        expect(stderr).toMatch(/Cannot write to the output folder .*read-only file system/);
        expect(stdout).toBe('');
      }
    } finally {
      umount(disk);
    }
  });
});
