import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FakeSlurm, KeptContext, sweepRuns } from '../support/fake-slurm.js';
import { executing, FollowedSweep } from '../support/followed-sweep.js';

let sweep: FollowedSweep;
let slurm: FakeSlurm;
beforeEach(() => {
  sweep = new FollowedSweep();
  slurm = sweep.slurm;
  vi.stubEnv('PATH', `${slurm.programs}:${process.env.PATH}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  sweep[Symbol.dispose]();
});

describe('a sweep by Slurm', () => {
  test('is one array with a task for each run that is not over, followed until all are', async () => {
    sweep.context.over.add('r2');
    await executing(
      sweep.execute(sweepRuns(4)),
      [sweep.submitted(3), () => slurm.set('101_1', 'RUNNING')],
      [sweep.told(/1 running, 2 waiting \(Resources\)/), () => sweep.done('101_1', 'r1')],
      [sweep.told(/2 of 4|1 of 4/), () => sweep.done('101_3', 'r4')],
      [() => true, () => sweep.done('101_2', 'r3')],
    );
    expect(slurm.runsOf(1)).toEqual(['r1', 'r3', 'r4']);
    expect(slurm.asked).toBe(1);
    expect(sweep.context.told[0]).toBe(
      'Submitted 3 runs as job 101 (slurm/array-1.sh). To cancel: scancel 101',
    );
    expect(sweep.context.told.at(-1)).toMatch(/^Slurm: 4 of 4 runs over|^Slurm: 3 of 4/);
    expect(sweep.context.failures.size).toBe(0);
  });

  test('does nothing where all are over', async () => {
    for (const { name } of sweepRuns(3)) sweep.context.over.add(name);
    await sweep.execute(sweepRuns(3));
    expect(slurm.asked).toBe(0);
  });

  test('is split where the cluster takes no such array', async () => {
    slurm.write('largest', '5'); // tasks are numbered from 1, so four of them
    const executed = sweep.execute(sweepRuns(10));
    await executing(executed, [
      sweep.submitted(10),
      () => {
        for (const [i, { name }] of sweepRuns(10).entries())
          sweep.done(`${101 + Math.floor(i / 4)}_${(i % 4) + 1}`, name);
      },
    ]);
    expect([1, 2, 3].map((number) => slurm.runsOf(number).length)).toEqual([4, 4, 2]);
    const scripts = [1, 2, 3].map((n) => readFileSync(join(slurm.sweep, `slurm/array-${n}.sh`), 'utf8'));
    expect(scripts.join()).not.toContain('--dependency');
  });

  test('keeps its limit over several arrays: each begins after the one before it', async () => {
    slurm.write('largest', '5');
    await executing(sweep.execute(sweepRuns(6), { atOnce: 2 }), [
      sweep.submitted(6),
      () => {
        for (const [i, { name }] of sweepRuns(6).entries())
          sweep.done(`${101 + Math.floor(i / 4)}_${(i % 4) + 1}`, name);
      },
    ]);
    const [first = '', second = ''] = [1, 2].map((n) =>
      readFileSync(join(slurm.sweep, `slurm/array-${n}.sh`), 'utf8'),
    );
    expect(first).toContain('#SBATCH --array=1-4%2\n');
    expect(first).not.toContain('--dependency');
    expect(second).toContain('#SBATCH --array=1-2%2\n#SBATCH --dependency=afterany:101\n');
  });
});

describe('a process that no longer follows', () => {
  test('says that the jobs go on; the next one finds them, and submits only what is missing', async () => {
    const runs = sweepRuns(4);
    const stopped = executing(sweep.execute(runs), [sweep.submitted(4), () => sweep.context.stop.abort()]);
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect(sweep.context.told.at(-1)).toBe(
      'The jobs go on in Slurm. To cancel them: scancel 101. The same command follows them again.',
    );
    sweep.done('101_1', 'r1');
    slurm.set('101_2', null); // ended long ago without a result
    const over = sweep.context.over;
    sweep.context = new KeptContext(slurm.sweep);
    for (const name of over) sweep.context.over.add(name);
    await executing(
      sweep.execute(runs),
      [sweep.submitted(4), () => sweep.done('102_1', 'r2')],
      [() => true, () => sweep.done('101_3', 'r3')],
      [() => true, () => sweep.done('101_4', 'r4')],
    );
    expect(sweep.context.told[0]).toBe("Found 2 runs in Slurm's queue: jobs 101.");
    expect(slurm.runsOf(2)).toEqual(['r2']);
  });

  test.each([
    ['the job was submitted', true],
    ['it was not', false],
  ])('may have been killed while it submitted: %s', async (_, wasSubmitted) => {
    const array = { number: 1, name: 'sweep-1-abcdef12', job: null, cluster: null, runs: ['r1'] };
    mkdirSync(join(slurm.sweep, 'slurm'));
    writeFileSync(
      join(slurm.sweep, 'slurm/jobs.json'),
      JSON.stringify({ schemaVersion: 1, arrays: [array] }),
    );
    slurm.write('queue/90', '90|1|RUNNING|None|another\n');
    if (wasSubmitted) slurm.write('queue/77', '77|1|RUNNING|None|sweep-1-abcdef12\n');
    const task = wasSubmitted ? '77_1' : '101_1';
    await executing(sweep.execute(sweepRuns(1)), [
      () => slurm.tasks.some((each) => each.startsWith(task)),
      () => sweep.done(task, 'r1'),
    ]);
    expect(slurm.asked).toBe(wasSubmitted ? 0 : 1);
  });

  test('is no job of the same number that is another one', async () => {
    const array = { number: 1, name: 'sweep-1-abcdef12', job: 77, cluster: null, runs: ['r1'] };
    mkdirSync(join(slurm.sweep, 'slurm'));
    writeFileSync(
      join(slurm.sweep, 'slurm/jobs.json'),
      JSON.stringify({ schemaVersion: 1, arrays: [array] }),
    );
    slurm.write('queue/77', '77|1|RUNNING|None|another\n');
    await executing(sweep.execute(sweepRuns(1)), [sweep.submitted(2), () => sweep.done('101_1', 'r1')]);
    expect(slurm.asked).toBe(1);
  });

  test('one at a time follows', async () => {
    const first = sweep.execute(sweepRuns(1));
    await vi.waitFor(() => expect(sweep.submitted(1)()).toBe(true));
    await expect(sweep.execute(sweepRuns(1))).rejects.toMatchObject({
      code: 'RUN_IN_USE',
      message: expect.stringMatching(/followed by process \d+ on .* already/),
    });
    sweep.done('101_1', 'r1');
    await first;
  });

  test('a damaged list of jobs is an error that says what to do', async () => {
    mkdirSync(join(slurm.sweep, 'slurm'));
    writeFileSync(join(slurm.sweep, 'slurm/jobs.json'), '{');
    await expect(sweep.execute(sweepRuns(1))).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
    expect(slurm.asked).toBe(0);
  });
});

test('sbatch meets no variables of a job in which the sweep runs, nor what overrules the script', async () => {
  vi.stubEnv('SLURM_CPUS_PER_TASK', '7');
  vi.stubEnv('SLURM_CONF', '/etc/here.conf');
  vi.stubEnv('SBATCH_ARRAY_INX', '0-3');
  vi.stubEnv('SBATCH_PARTITION', 'other');
  vi.stubEnv('SBATCH_ACCOUNT', 'mine');
  await executing(sweep.execute(sweepRuns(1), { partition: 'this' }), [
    sweep.submitted(1),
    () => sweep.done('101_1', 'r1'),
  ]);
  const environment = slurm.read('environment');
  expect(environment).not.toMatch(/^SLURM_CPUS|^SBATCH_ARRAY|^SBATCH_PARTITION/m);
  expect(environment).toMatch(/^SLURM_CONF=\/etc\/here\.conf$/m);
  expect(environment).toMatch(/^SBATCH_ACCOUNT=mine$/m);
});

test('the script executes the run of its task, and keeps its words', async () => {
  const command = ['/bin/sh', '-c', 'echo "$@"; echo wrong >&2', "it's"];
  await executing(sweep.execute(sweepRuns(3), {}, command), [
    sweep.submitted(3),
    () => {
      for (const [i, { name }] of sweepRuns(3).entries()) sweep.done(`101_${i + 1}`, name);
    },
  ]);
  const script = join(slurm.sweep, 'slurm/array-1.sh');
  const { status, stdout } = spawnSync('/bin/bash', [script], {
    env: { PATH: '/usr/bin:/bin', SLURM_ARRAY_TASK_ID: '2' },
  });
  expect([status, String(stdout)]).toEqual([0, '']);
  expect(readFileSync(join(slurm.sweep, 'logs/r2.log'), 'utf8')).toBe(
    `sweep work ${slurm.sweep} --only r2\nwrong\n`,
  );
});
