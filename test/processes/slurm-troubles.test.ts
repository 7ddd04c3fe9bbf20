import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
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

describe('a job that ends without its run being over', () => {
  test('is submitted again, twice, and then fails with what Slurm says', async () => {
    await executing(
      sweep.execute(sweepRuns(2)),
      [sweep.submitted(2), () => sweep.done('101_1', 'r1')],
      [() => true, () => slurm.set('101_2', 'NODE_FAIL', 'NodeDown')],
      [sweep.submitted(3), () => slurm.set('102_1', null)],
      [() => slurm.tasks.includes('103_1 PENDING'), () => slurm.set('103_1', 'OUT_OF_MEMORY', 'OutOfMemory')],
    );
    expect(slurm.runsOf(2)).toEqual(['r2']);
    expect(sweep.context.failures.get('r2')).toEqual({
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
    await executing(sweep.execute(sweepRuns(1)), ...[101, 102, 103, 104, 105].map(further), [
      () => slurm.tasks.includes('106_1 PENDING'),
      () => sweep.done('106_1', 'r1'),
    ]);
    expect(sweep.context.failures.size).toBe(0);
  });

  test('is waited for where the network shows its result late', async () => {
    await executing(
      sweep.execute(sweepRuns(1)),
      [sweep.submitted(1), () => slurm.set('101_1', 'COMPLETED')],
      [sweep.told(/0 of 1 runs over, 0 running, 0 waiting/), () => sweep.context.over.add('r1')],
    );
    expect(slurm.asked).toBe(1);
  });

  test('is left alone where somebody cancelled it; the others go on', async () => {
    const executed = executing(
      sweep.execute(sweepRuns(2)),
      [sweep.submitted(2), () => slurm.set('101_1', 'CANCELLED')],
      [sweep.told(/0 of 2 runs over, 0 running, 1 waiting/), () => {}],
      [sweep.told(/1 of 2 runs over/), () => sweep.done('101_2', 'r2')],
    );
    await expect(executed).rejects.toMatchObject({
      code: 'ABORTED',
      message: expect.stringContaining('The run r1 was cancelled in Slurm. The others are over'),
    });
    expect(slurm.asked).toBe(1);
    expect(sweep.context.failures.size).toBe(0);
  });

  test('ends the sweep where no node can have it', async () => {
    const executed = executing(sweep.execute(sweepRuns(2)), [
      sweep.submitted(2),
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
    await expect(sweep.execute(sweepRuns(2))).rejects.toMatchObject({
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
    await expect(sweep.execute(sweepRuns(2))).rejects.toMatchObject({
      code: 'SLURM_FAILED',
      message: expect.stringMatching(message),
    });
    expect(JSON.parse(readFileSync(join(slurm.sweep, 'slurm/jobs.json'), 'utf8'))).toEqual({
      schemaVersion: 1,
      arrays: [],
    });
    slurm.remove('refusal');
    await executing(sweep.execute(sweepRuns(1)), [sweep.submitted(1), () => sweep.done('101_1', 'r1')]);
  });

  test('a queue that takes fewer jobs is given fewer, and the others when half of these are over', async () => {
    slurm.write('room', '4');
    const finish = (): void => {
      for (const task of slurm.tasks.filter((each) => each.endsWith('PENDING'))) {
        const [id = ''] = task.split(' ');
        const [job = 0, index = 0] = id.split('_').map(Number);
        sweep.done(id, slurm.runsOf(job - 100)[index - 1] ?? '');
      }
    };
    await executing(
      sweep.execute(sweepRuns(10)),
      [sweep.told(/takes no more for now; to be submitted later: 7 runs/), finish],
      [sweep.submitted(7), finish],
      [sweep.submitted(10), finish],
    );
    expect(slurm.tasks.length).toBe(10);
    expect(sweep.context.over).toEqual(new Set(sweepRuns(10).map(({ name }) => name)));
  });

  test.each(['0', 'retrying'])('a queue that takes none is an error, at once (%s)', async (kind) => {
    if (kind === '0') slurm.write('room', '0');
    else {
      // This is how sbatch itself waits for two minutes.
      const words = 'sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying';
      writeFileSync(join(slurm.programs, 'sbatch'), `#!/bin/sh\necho '${words}' >&2\nexec sleep 100\n`);
    }
    await expect(sweep.execute(sweepRuns(3))).rejects.toMatchObject({
      code: 'SLURM_FAILED',
      message: expect.stringMatching(/queue takes not even one more job.*MaxJobCount.*when there is room/),
    });
  });

  test('a queue that fills with other jobs in the meantime is waited for', async () => {
    slurm.write('room', '1');
    const finish = (): void => {
      slurm.write('room', '0');
      sweep.done('101_1', 'r1');
    };
    const makeRoom = (): void => slurm.write('room', '1');
    await executing(
      sweep.execute(sweepRuns(2)),
      [sweep.told(/takes no more for now; to be submitted later: 1 run\./), finish],
      [sweep.told(/queue is full of other jobs; to be submitted once there is room: 1 run\./), makeRoom],
      [sweep.submitted(2), () => sweep.done('102_1', 'r2')],
    );
    expect(sweep.context.over).toEqual(new Set(['r1', 'r2']));
  });

  test('and is waited for by the next process, too, whose jobs of before are over', async () => {
    slurm.write('room', '1');
    const stopped = executing(sweep.execute(sweepRuns(2)), [
      sweep.told(/takes no more for now/),
      () => sweep.context.stop.abort(),
    ]);
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    slurm.write('room', '0');
    sweep.done('101_1', 'r1');
    sweep.context = new KeptContext(slurm.sweep);
    sweep.context.over.add('r1');
    await executing(
      sweep.execute(sweepRuns(2)),
      [sweep.told(/queue is full of other jobs/), () => slurm.write('room', '1')],
      [sweep.submitted(2), () => sweep.done('102_1', 'r2')],
    );
    expect(sweep.context.over).toEqual(new Set(['r1', 'r2']));
  });

  test('and not for ever, either', async () => {
    slurm.write('room', '1');
    const finish = (): void => {
      slurm.write('room', '0');
      sweep.done('101_1', 'r1');
    };
    const executed = executing(sweep.execute(sweepRuns(2)), [sweep.told(/takes no more for now/), finish]);
    await expect(executed).rejects.toMatchObject({
      code: 'SLURM_FAILED',
      message: expect.stringMatching(/queue takes not even one more job/),
    });
  });

  test('squeue may be silent for a while', async () => {
    await executing(
      sweep.execute(sweepRuns(1)),
      [sweep.submitted(1), () => slurm.write('silence', '')],
      [sweep.told(/squeue does not answer \(slurm_load_jobs error: Unable/), () => slurm.remove('silence')],
      [sweep.told(/squeue answers again/), () => sweep.done('101_1', 'r1')],
    );
    expect(slurm.asked).toBe(1);
  });

  test('and not for ever', async () => {
    const executed = executing(sweep.execute(sweepRuns(1)), [
      sweep.submitted(1),
      () => slurm.write('silence', ''),
    ]);
    await expect(executed).rejects.toMatchObject({
      code: 'SLURM_FAILED',
      message: expect.stringMatching(/squeue has not answered.*scancel 101/),
    });
  });
});
