import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SweepRun } from '../../lib/sweep/plan/types.js';
import { SlurmExecutor } from '../../lib/sweep/slurm/executor.js';
import type { SlurmOptions } from '../../lib/sweep/slurm/options.js';
import { FakeSlurm, KeptContext, sweepRuns } from '../support/fake-slurm.js';

let slurm: FakeSlurm;
let context: KeptContext;
beforeEach(() => {
  slurm = new FakeSlurm();
  context = new KeptContext(slurm.sweep);
  vi.stubEnv('PATH', `${slurm.programs}:${process.env.PATH}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  slurm[Symbol.dispose]();
});

const patience = { leastMs: 5, mostMs: 10, showsMs: 30, silenceMs: 400 };

function execute(runs: readonly SweepRun[], options: Partial<SlurmOptions> = {}): Promise<void> {
  return new SlurmExecutor({ cpus: 1, ...options }, { patience }).execute(runs, context);
}

/** Executes, and does `acts` one after the other, each as soon as the test before it holds. */
async function executing(
  executed: Promise<void>,
  ...acts: readonly (readonly [when: () => boolean, act: () => void])[]
): Promise<void> {
  const outcome = executed.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  for (const [when, act] of acts) {
    await vi.waitFor(() => expect(when()).toBe(true), { timeout: 10_000, interval: 5 });
    act();
  }
  const failed = await outcome;
  if (failed) throw failed.error;
}

/** A task ends well. */
function done(task: string, run: string): void {
  context.over.add(run);
  slurm.set(task, 'COMPLETED');
}

const submitted = (count: number) => (): boolean => slurm.tasks.length >= count;
const told = (pattern: RegExp) => (): boolean => context.told.some((text) => pattern.test(text));

describe('a sweep by Slurm', () => {
  test('is one array with a task for each run that is not over, followed until all are', async () => {
    context.over.add('r2');
    await executing(
      execute(sweepRuns(4)),
      [submitted(3), () => slurm.set('101_1', 'RUNNING')],
      [told(/1 running, 2 waiting \(Resources\)/), () => done('101_1', 'r1')],
      [told(/2 of 4|1 of 4/), () => done('101_3', 'r4')],
      [() => true, () => done('101_2', 'r3')],
    );
    expect(slurm.runsOf(1)).toEqual(['r1', 'r3', 'r4']);
    expect(slurm.asked).toBe(1);
    expect(context.told[0]).toBe('Submitted 3 runs as job 101 (slurm/array-1.sh). To cancel: scancel 101');
    expect(context.told.at(-1)).toMatch(/^Slurm: 4 of 4 runs over|^Slurm: 3 of 4/);
    expect(context.failures.size).toBe(0);
  });

  test('does nothing where all are over', async () => {
    for (const { name } of sweepRuns(3)) context.over.add(name);
    await execute(sweepRuns(3));
    expect(slurm.asked).toBe(0);
  });

  test('is split where the cluster takes no such array', async () => {
    slurm.write('largest', '5'); // tasks are numbered from 1, so four of them
    const executed = execute(sweepRuns(10));
    await executing(executed, [
      submitted(10),
      () => {
        for (const [i, { name }] of sweepRuns(10).entries())
          done(`${101 + Math.floor(i / 4)}_${(i % 4) + 1}`, name);
      },
    ]);
    expect([1, 2, 3].map((number) => slurm.runsOf(number).length)).toEqual([4, 4, 2]);
    const scripts = [1, 2, 3].map((n) => readFileSync(join(slurm.sweep, `slurm/array-${n}.sh`), 'utf8'));
    expect(scripts.join()).not.toContain('--dependency');
  });

  test('keeps its limit over several arrays: each begins after the one before it', async () => {
    slurm.write('largest', '5');
    await executing(execute(sweepRuns(6), { atOnce: 2 }), [
      submitted(6),
      () => {
        for (const [i, { name }] of sweepRuns(6).entries())
          done(`${101 + Math.floor(i / 4)}_${(i % 4) + 1}`, name);
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
    const stopped = executing(execute(runs), [submitted(4), () => context.stop.abort()]);
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect(context.told.at(-1)).toBe(
      'The jobs go on in Slurm. To cancel them: scancel 101. The same command follows them again.',
    );
    done('101_1', 'r1');
    slurm.set('101_2', null); // ended long ago without a result
    const over = context.over;
    context = new KeptContext(slurm.sweep);
    for (const name of over) context.over.add(name);
    await executing(
      execute(runs),
      [submitted(4), () => done('102_1', 'r2')],
      [() => true, () => done('101_3', 'r3')],
      [() => true, () => done('101_4', 'r4')],
    );
    expect(context.told[0]).toBe("Found 2 runs in Slurm's queue: jobs 101.");
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
    await executing(execute(sweepRuns(1)), [
      () => slurm.tasks.some((each) => each.startsWith(task)),
      () => done(task, 'r1'),
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
    await executing(execute(sweepRuns(1)), [submitted(2), () => done('101_1', 'r1')]);
    expect(slurm.asked).toBe(1);
  });

  test('one at a time follows', async () => {
    const first = execute(sweepRuns(1));
    await vi.waitFor(() => expect(submitted(1)()).toBe(true));
    await expect(execute(sweepRuns(1))).rejects.toMatchObject({
      code: 'RUN_IN_USE',
      message: expect.stringMatching(/followed by process \d+ on .* already/),
    });
    done('101_1', 'r1');
    await first;
  });

  test('a damaged list of jobs is an error that says what to do', async () => {
    mkdirSync(join(slurm.sweep, 'slurm'));
    writeFileSync(join(slurm.sweep, 'slurm/jobs.json'), '{');
    await expect(execute(sweepRuns(1))).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
    expect(slurm.asked).toBe(0);
  });
});

describe('a job that ends without its run being over', () => {
  test('is submitted again, twice, and then fails with what Slurm says', async () => {
    await executing(
      execute(sweepRuns(2)),
      [submitted(2), () => done('101_1', 'r1')],
      [() => true, () => slurm.set('101_2', 'NODE_FAIL', 'NodeDown')],
      [submitted(3), () => slurm.set('102_1', null)],
      [() => slurm.tasks.includes('103_1 PENDING'), () => slurm.set('103_1', 'OUT_OF_MEMORY', 'OutOfMemory')],
    );
    expect(slurm.runsOf(2)).toEqual(['r2']);
    expect(context.failures.get('r2')).toEqual({
      code: 'SLURM_FAILED',
      message:
        'Slurm ended it 3 times without its getting any further; the last time as job 103_1: OUT_OF_MEMORY (OutOfMemory). ' +
        "Give it more memory with --mem. Its words are in logs/r2.log, Slurm's in slurm/array-3.log. --retry tries it again.",
    });
    expect(slurm.asked).toBe(3);
  });

  test('goes on for as long as it gets further each time', async () => {
    const checkpoint = join(slurm.sweep, 'runs/r1/checkpoint.safetensors');
    mkdirSync(join(slurm.sweep, 'runs/r1'), { recursive: true });
    const further = (job: number) =>
      [
        () => slurm.tasks.includes(`${job}_1 PENDING`),
        () => {
          writeFileSync(checkpoint, '');
          utimesSync(checkpoint, job, job);
          slurm.set(`${job}_1`, 'TIMEOUT', 'TimeLimit');
        },
      ] as const;
    await executing(execute(sweepRuns(1)), ...[101, 102, 103, 104, 105].map(further), [
      () => slurm.tasks.includes('106_1 PENDING'),
      () => done('106_1', 'r1'),
    ]);
    expect(context.failures.size).toBe(0);
  });

  test('is waited for where the network shows its result late', async () => {
    await executing(
      execute(sweepRuns(1)),
      [submitted(1), () => slurm.set('101_1', 'COMPLETED')],
      [told(/0 of 1 runs over, 0 running, 0 waiting/), () => context.over.add('r1')],
    );
    expect(slurm.asked).toBe(1);
  });

  test('is left alone where somebody cancelled it; the others go on', async () => {
    const executed = executing(
      execute(sweepRuns(2)),
      [submitted(2), () => slurm.set('101_1', 'CANCELLED')],
      [told(/0 of 2 runs over, 0 running, 1 waiting/), () => {}],
      [told(/1 of 2 runs over/), () => done('101_2', 'r2')],
    );
    await expect(executed).rejects.toMatchObject({
      code: 'ABORTED',
      message: expect.stringContaining('The run r1 was cancelled in Slurm. The others are over'),
    });
    expect(slurm.asked).toBe(1);
    expect(context.failures.size).toBe(0);
  });

  test('ends the sweep where no node can have it', async () => {
    const executed = executing(execute(sweepRuns(2)), [
      submitted(2),
      () => slurm.set('101_1', 'FAILED', 'BadConstraints'),
    ]);
    await expect(executed).rejects.toMatchObject({
      code: 'SLURM_FAILED',
      message: expect.stringMatching(/no node for job 101_1.*--cpus, --mem and --gpus/),
    });
    expect(slurm.asked).toBe(1);
  });
});

describe('refusals', () => {
  test('without sbatch', async () => {
    vi.stubEnv('PATH', '/nowhere');
    await expect(execute(sweepRuns(2))).rejects.toMatchObject({
      code: 'SLURM_FAILED',
      message: expect.stringMatching(/no scontrol on PATH.*Nothing was submitted.*login node/),
    });
  });

  test.each([
    ['invalid partition specified: nope', /invalid partition specified: nope.*--partition: sinfo/],
    ['Batch job submission failed: Invalid account or account/partition combination', /--account=NAME/],
    ['Requested time limit is invalid (missing or exceeds some limit)', /Ask for less with --time/],
    [
      'Batch job submission failed: Requested node configuration is not available',
      /--cpus, --mem and --gpus/,
    ],
    ["unrecognized option '--foo'", /--sbatch was given/],
    ['Unable to contact slurm controller (connect failure)', /scontrol ping/],
    ['Something new', /Something new\. Nothing of this was submitted/],
  ])('sbatch says: %s', async (said, message) => {
    slurm.write('refusal', `sbatch: error: ${said}\n`);
    await expect(execute(sweepRuns(2))).rejects.toMatchObject({
      code: 'SLURM_FAILED',
      message: expect.stringMatching(message),
    });
    expect(JSON.parse(readFileSync(join(slurm.sweep, 'slurm/jobs.json'), 'utf8'))).toEqual({
      schemaVersion: 1,
      arrays: [],
    });
    slurm.remove('refusal');
    await executing(execute(sweepRuns(1)), [submitted(1), () => done('101_1', 'r1')]);
  });

  test('a queue that takes fewer jobs is given fewer, and the others when half of these are over', async () => {
    slurm.write('room', '4');
    const finish = (): void => {
      for (const task of slurm.tasks.filter((each) => each.endsWith('PENDING'))) {
        const [id = ''] = task.split(' ');
        const [job = 0, index = 0] = id.split('_').map(Number);
        done(id, slurm.runsOf(job - 100)[index - 1] ?? '');
      }
    };
    await executing(
      execute(sweepRuns(10)),
      [told(/takes no more for now; to be submitted later: 7 runs/), finish],
      [submitted(7), finish],
      [submitted(10), finish],
    );
    expect(slurm.tasks.length).toBe(10);
    expect(context.over).toEqual(new Set(sweepRuns(10).map(({ name }) => name)));
  });

  test.each(['0', 'retrying'])('a queue that takes none is an error, at once (%s)', async (kind) => {
    if (kind === '0') slurm.write('room', '0');
    else {
      // This is how sbatch itself waits for two minutes.
      const words = 'sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying';
      writeFileSync(join(slurm.programs, 'sbatch'), `#!/bin/sh\necho '${words}' >&2\nexec sleep 100\n`);
    }
    await expect(execute(sweepRuns(3))).rejects.toMatchObject({
      code: 'SLURM_FAILED',
      message: expect.stringMatching(/queue takes not even one more job.*MaxJobCount.*when there is room/),
    });
  });

  test('a queue that fills with other jobs in the meantime is waited for', async () => {
    slurm.write('room', '1');
    const finish = (): void => {
      slurm.write('room', '0');
      done('101_1', 'r1');
    };
    const makeRoom = (): void => slurm.write('room', '1');
    await executing(
      execute(sweepRuns(2)),
      [told(/takes no more for now; to be submitted later: 1 run\./), finish],
      [told(/queue is full of other jobs; to be submitted once there is room: 1 run\./), makeRoom],
      [submitted(2), () => done('102_1', 'r2')],
    );
    expect(context.over).toEqual(new Set(['r1', 'r2']));
  });

  test('and not for ever, either', async () => {
    slurm.write('room', '1');
    const finish = (): void => {
      slurm.write('room', '0');
      done('101_1', 'r1');
    };
    const executed = executing(execute(sweepRuns(2)), [told(/takes no more for now/), finish]);
    await expect(executed).rejects.toMatchObject({
      code: 'SLURM_FAILED',
      message: expect.stringMatching(/queue takes not even one more job/),
    });
  });

  test('squeue may be silent for a while', async () => {
    await executing(
      execute(sweepRuns(1)),
      [submitted(1), () => slurm.write('silence', '')],
      [told(/squeue does not answer \(slurm_load_jobs error: Unable/), () => slurm.remove('silence')],
      [told(/squeue answers again/), () => done('101_1', 'r1')],
    );
    expect(slurm.asked).toBe(1);
  });

  test('and not for ever', async () => {
    const executed = executing(execute(sweepRuns(1)), [submitted(1), () => slurm.write('silence', '')]);
    await expect(executed).rejects.toMatchObject({
      code: 'SLURM_FAILED',
      message: expect.stringMatching(/squeue has not answered.*scancel 101/),
    });
  });
});

test('sbatch meets no variables of a job in which the sweep runs, nor what overrules the script', async () => {
  vi.stubEnv('SLURM_CPUS_PER_TASK', '7');
  vi.stubEnv('SLURM_CONF', '/etc/here.conf');
  vi.stubEnv('SBATCH_ARRAY_INX', '0-3');
  vi.stubEnv('SBATCH_PARTITION', 'other');
  vi.stubEnv('SBATCH_ACCOUNT', 'mine');
  await executing(execute(sweepRuns(1), { partition: 'this' }), [submitted(1), () => done('101_1', 'r1')]);
  const environment = slurm.read('environment');
  expect(environment).not.toMatch(/^SLURM_CPUS|^SBATCH_ARRAY|^SBATCH_PARTITION/m);
  expect(environment).toMatch(/^SLURM_CONF=\/etc\/here\.conf$/m);
  expect(environment).toMatch(/^SBATCH_ACCOUNT=mine$/m);
});

test('the script executes the run of its task, and keeps its words', async () => {
  const executor = new SlurmExecutor(
    { cpus: 1 },
    {
      patience,
      command: ['/bin/sh', '-c', 'echo "$@"; echo wrong >&2', "it's"],
    },
  );
  await executing(executor.execute(sweepRuns(3), context), [
    submitted(3),
    () => {
      for (const [i, { name }] of sweepRuns(3).entries()) done(`101_${i + 1}`, name);
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
