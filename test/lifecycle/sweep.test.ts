import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runExperiment } from '../../lib/index.js';
import { PythonRandom } from '../../lib/random/python-random.js';
import { readResult } from '../../lib/runs/read-result.js';
import { collectSweep } from '../../lib/sweep/plan/collect.js';
import { type Sandbox, sandbox, start } from '../cli/command.js';
import { type ChildOutcome, outcomeOf } from '../support/child.js';
import { IS_SLOW } from '../support/fuzz.js';

const TINY =
  '--benchmark split-mnist --tasks 3 --epochs 2 --hidden 8 --batch-size 32 --device cpu --threads 1 --validation 100';

let box: Sandbox;
let whole: string;
beforeAll(async () => {
  box = await sandbox();
  whole = join(box.folder, 'whole');
});
afterAll(() => box[Symbol.asyncDispose]());

/** 2 methods, 2 settings of each, 2 seeds, and 2 fresh seeds of what was chosen: 12 runs. */
function sweep(out: string, ...more: string[]): string[] {
  const axes = ['--set', 'strategy=er,baseline', '--set', 'learningRate=1e-3,1e-2', '--seeds', '2'];
  const memory = ['--memory-size', '20', '--rehearsal', '8'];
  return ['sweep', ...axes, ...TINY.split(' '), ...memory, '--data-dir', box.dataDir, '--out', out, ...more];
}

/** The parameters that every run of a sweep ended with, by the run's name. */
async function digestsIn(folder: string): Promise<Record<string, unknown>> {
  const names = (await readdir(join(folder, 'runs'))).sort();
  const results = await Promise.all(names.map((name) => readResult(join(folder, 'runs', name))));
  return Object.fromEntries(results.map(({ parametersDigest }, i) => [names[i], parametersDigest]));
}

/** Which runs a process told to be over, in order. */
function toldBy({ stderr }: Pick<ChildOutcome, 'stderr'>): string[] {
  return [...stderr.matchAll(/^\[\d+\/\d+\] (\S+): .* % after/gm)].map(([, name = '']) => name);
}

test('a sweep interrupted and started again runs what is missing, each run as by itself', {
  timeout: 240_000,
}, async () => {
  const child = start(sweep(whole));
  child.stderr?.on('data', (chunk: Buffer) => {
    if (chunk.includes('[5/12]')) child.kill('SIGINT');
  });
  const interrupted = await outcomeOf(child);
  expect(interrupted.status).toBe(130);
  expect(interrupted.stderr).toContain('the same command goes on from here');

  const again = await outcomeOf(start(sweep(whole)));
  expect(again.status).toBe(0);
  const told = [...toldBy(interrupted), ...toldBy(again)];
  expect(told).toHaveLength(12);
  expect(new Set(told).size).toBe(12);

  const { methods, isComplete, runs } = await collectSweep(whole);
  expect(isComplete).toBe(true);
  expect(runs.completed).toBe(12);
  for (const { trials, chosen, final } of methods) {
    const values = trials.map(({ value }) => value ?? Number.NaN);
    expect(chosen).toBe(values.indexOf(Math.max(...values)));
    expect(final.map(({ seed }) => seed)).toEqual([3024, 3025]);
  }

  const digests = await digestsIn(whole);
  const alone = await runExperiment({
    strategy: 'er',
    benchmark: 'split-mnist',
    tasks: 3,
    epochs: 2,
    hidden: [8],
    batchSize: 32,
    device: 'cpu',
    threads: 1,
    validation: 100,
    memorySize: 20,
    rehearsal: 8,
    learningRate: 1e-2,
    seed: 2025,
    dataDir: box.dataDir,
  });
  expect(digests['er-t001-seed2025']).toBe(alone.parametersDigest);

  const third = await outcomeOf(start(sweep(whole)));
  expect(third.status).toBe(0);
  expect(toldBy(third)).toEqual([]);
});

/** Two processes work on a sweep, one of them is killed after so long and started again; what all of them told. */
async function workedByTwo(folder: string, ms: number): Promise<string[]> {
  const planned = await outcomeOf(start(['sweep', 'plan', ...sweep(folder, '--lines').slice(1)]));
  expect(planned.stdout.match(/sweep work .* --only /g)).toHaveLength(8);
  const work = ['sweep', 'work', folder];
  const victim = start(work);
  const other = outcomeOf(start(work));
  const killed = outcomeOf(victim);
  await delay(ms);
  victim.kill('SIGKILL');
  const outcomes = [await killed, await outcomeOf(start(work)), await other];
  expect(outcomes.slice(1).map(({ status }) => status)).toEqual([0, 0]);
  return outcomes.flatMap(toldBy);
}

describe('two processes work on a sweep, and one is killed', () => {
  const rounds = IS_SLOW ? 20 : 2;
  const seed = Number(process.env.CL_TORCH_TEST_SEED ?? Date.now() % 1_000_000);
  const random = new PythonRandom(seed);

  test.each(Array.from({ length: rounds }, (_, round) => round))(
    'round %i: every run ends once, with the bits of an undisturbed sweep',
    { timeout: 240_000 },
    async (round) => {
      const ms = Math.floor(random.random() * 6000);
      console.log(`sweep.test: CL_TORCH_TEST_SEED=${seed}, round ${round} killed after ${ms} ms`);
      const folder = join(box.folder, `worked-${round}`);
      const told = await workedByTwo(folder, ms);
      expect(new Set(told).size).toBe(told.length);
      // A process that is killed between a run's end and its line has told nothing of it.
      expect(told.length).toBeGreaterThanOrEqual(11);
      expect(await digestsIn(folder)).toEqual(await digestsIn(whole));
      expect((await collectSweep(folder)).isComplete).toBe(true);
      expect(await readFile(join(folder, 'runs.csv'), 'utf8')).toMatch(/^(?:.*\r\n){13}$/);
    },
  );
});

test('a run that fails by its setting is kept with its log, and the others go on; --retry tries it again', {
  timeout: 240_000,
}, async () => {
  const folder = join(box.folder, 'failing');
  const args = ['sweep', '--set', 'strategy=er', '--set', 'memorySize=10,5000', '--choose', 'none'];
  const words = TINY.replace('--validation 100', '--validation 0').split(' ');
  const command = [...args, ...words, '--rehearsal', '8', '--data-dir', box.dataDir, '--out', folder];
  const first = await outcomeOf(start(command));
  expect(first.status).toBe(1);
  expect(toldBy(first)).toEqual(['er-t000-seed2024']);
  expect(first.stderr).toMatch(/er-t001-seed2024: failed, CONFIG_INVALID: memorySize/);
  const { methods } = await collectSweep(folder);
  expect(methods[0]?.trials[1]?.runs[0]).toMatchObject({
    status: 'failed',
    error: expect.stringContaining('memorySize'),
  });
  expect(await readFile(join(folder, 'logs/er-t001-seed2024.log'), 'utf8')).toContain('ClTorchError');

  const second = await outcomeOf(start(command));
  expect(second.status).toBe(1);
  expect(second.stderr).toContain('er-t001-seed2024: failed before, ');
  const third = await outcomeOf(start([...command, '--retry']));
  expect(third.stderr).toContain('er-t001-seed2024: failed');
});

test('another sweep in the same folder is refused, and what differs is named', async () => {
  const { status, stderr } = await outcomeOf(start(sweep(whole, '--epochs', '3')));
  expect(status).toBe(2);
  expect(stderr).toContain('holds another sweep: it differs in options (epochs)');
  const fewer = await outcomeOf(start(sweep(whole, '--seeds', '1')));
  expect(fewer.status).toBe(2);
  expect(fewer.stderr).toContain('seeds (it has 2024, 2025)');
});

test('data that are not there fail no run', async () => {
  const folder = join(box.folder, 'dataless');
  const there = sweep(folder, '--at-once', '1');
  const none = there.map((word) => (word === box.dataDir ? join(box.folder, 'none') : word));
  const { status, stderr } = await outcomeOf(start(none));
  expect(status).toBe(1);
  expect(stderr).toContain('[DATA_NOT_FOUND]');
  expect((await collectSweep(folder)).runs).toMatchObject({ failed: 0 });
});

test('a result that is damaged is the failure of its run, and --retry mends it', {
  timeout: 120_000,
}, async () => {
  const folder = join(box.folder, 'damaged');
  const command = [
    ...[
      'sweep',
      '--set',
      'strategy=baseline,joint',
      '--choose',
      'none',
      ...TINY.replace('100', '0').split(' '),
    ],
    ...['--data-dir', box.dataDir, '--out', folder],
  ];
  expect((await outcomeOf(start(command))).status).toBe(0);
  const before = await digestsIn(folder);
  await writeFile(join(folder, 'runs/joint-t000-seed2024/result.json'), '');
  const damaged = await outcomeOf(start(command));
  expect(damaged.status).toBe(1);
  expect(damaged.stderr).toMatch(/joint-t000-seed2024: failed before, .*result.json.* --retry goes on/);
  const mended = await outcomeOf(start([...command, '--retry']));
  expect(mended.status).toBe(0);
  expect(await digestsIn(folder)).toEqual(before);
});

test('by tpe with one seed more, a run whose setting is another one now is run anew', {
  timeout: 240_000,
}, async () => {
  const folder = join(box.folder, 'tpe');
  const axes = ['--set', 'strategy=baseline', '--set', 'learningRate=log(1e-3,1e-2)', '--search', 'tpe'];
  const more = [
    '--batch',
    '1',
    '--trials',
    '13',
    '--epochs',
    '1',
    '--data-dir',
    box.dataDir,
    '--out',
    folder,
  ];
  const command = ['sweep', ...axes, ...TINY.split(' '), ...more];
  expect((await outcomeOf(start(command))).status).toBe(0);
  expect((await outcomeOf(start([...command, '--seeds', '2']))).status).toBe(0);
  const { methods } = await collectSweep(folder);
  for (const { setting, runs } of methods[0]?.trials ?? []) {
    for (const { name } of runs) {
      const { config } = await readResult(join(folder, 'runs', name));
      expect(config.learningRate, name).toBe(setting.learningRate);
    }
  }
});
