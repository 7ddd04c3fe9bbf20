import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { readSweepRequest } from '../../lib/cli/support/sweep-request.js';
import { driveSweep } from '../../lib/sweep/drive.js';
import { LocalExecutor } from '../../lib/sweep/local.js';
import type { SweepExecutor } from '../../lib/sweep/plan/executor.js';
import { runsOf } from '../../lib/sweep/plan/plan.js';
import { Sweep } from '../../lib/sweep/plan/sweep.js';
import { SlurmExecutor } from '../../lib/sweep/slurm/executor.js';
import { clTorch } from '../cli/command.js';
import { Cluster, LARGEST_ARRAY, MOST_JOBS, until, whyNoCluster } from './cluster.js';

const reason = whyNoCluster();

let cluster: Cluster;
let folder: string;
beforeAll(async () => {
  if (reason !== undefined) return;
  cluster = await Cluster.start();
  folder = await mkdtemp(join(tmpdir(), 'cl-torch slurm-'));
});
afterAll(async () => {
  if (reason !== undefined) return;
  await cluster[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(({ skip }) => {
  skip(reason !== undefined, reason);
  vi.stubEnv('SLURM_CONF', cluster.env.SLURM_CONF);
});

const patience = { leastMs: 200, mostMs: 500, showsMs: 1000 };
const slurm = (): SlurmExecutor => new SlurmExecutor({ cpus: 1, time: '10' }, { patience });

const tiny = { benchmark: 'split-digits', hidden: [16], choose: 'none', device: 'cpu' };

/** Twelve runs, four of which cannot be: bf16 is for GPUs. */
async function planned(name: string): Promise<Sweep> {
  const flags = {
    ...tiny,
    set: ['strategy=baseline,er', 'learningRate=1e-3,3e-3', 'er.precision=fp32,bf16'],
    seeds: '2',
    epochs: 15,
  };
  const { request, out } = await readSweepRequest(undefined, { ...flags, out: join(folder, name) });
  const sweep = await Sweep.planned(request, out);
  await sweep.begin();
  return sweep;
}

interface Driven {
  readonly told: string[];
  readonly ended: Promise<unknown>;
}

function drive(sweep: Sweep, executor: SweepExecutor, signal = new AbortController().signal): Driven {
  const told: string[] = [];
  return { told, ended: driveSweep(sweep, executor, { signal, tell: (text) => told.push(text) }) };
}

/** What each run came to: what must not depend on where it was executed. */
async function outcomesOf(sweep: Sweep): Promise<Record<string, unknown>> {
  await sweep.folder.refresh();
  const entries = runsOf(sweep.plan()).map(({ name }) => {
    const { status, result, failure } = sweep.folder.known(name) ?? {};
    const { accuracy, parametersDigest, losses } = result ?? {};
    return [name, { status, code: failure?.code, accuracy, parametersDigest, losses }];
  });
  return Object.fromEntries(entries);
}

/** Names of the runs of every array that was submitted. */
async function submitted(sweep: Sweep): Promise<string[][]> {
  const journal = JSON.parse(await readFile(join(sweep.folder.path, 'slurm/jobs.json'), 'utf8'));
  return (journal.arrays as { runs: string[] }[]).map(({ runs }) => runs);
}

async function namesIn(sweep: Sweep, part: string): Promise<string[]> {
  return readdir(join(sweep.folder.path, part)).catch(() => []);
}

/** The process that works on one of these runs now. */
async function processOf(
  sweep: Sweep,
  runs: readonly string[],
): Promise<[run: string, pid: number] | undefined> {
  for (const run of runs) {
    const lock = await readFile(join(sweep.folder.runFolder(run), 'run.lock'), 'utf8').catch(() => '');
    if (lock !== '') return [run, (JSON.parse(lock) as { pid: number }).pid];
  }
  return undefined;
}

describe('a sweep on two nodes', () => {
  test('comes to what it comes to on this machine, whatever happens to nodes and jobs', {
    timeout: 240_000,
  }, async () => {
    const sweep = await planned('by Slurm');
    const stop = new AbortController();
    const first = drive(sweep, slurm(), stop.signal);
    const isAborted = expect(first.ended).rejects.toMatchObject({ code: 'ABORTED' });

    // One node takes no more jobs.
    await until('two running jobs', async () => cluster.running.length === 2);
    cluster.ask('scontrol', 'update', 'nodename=n2', 'state=drain', 'reason=test');
    // One job begins anew.
    const [requeued = ''] = cluster.running;
    expect(cluster.ask('scontrol', 'requeue', requeued)).toBe('');
    // The command is stopped, and typed again.
    await until('runs that have begun', async () => (await namesIn(sweep, 'runs')).length > 2);
    stop.abort();
    await isAborted;
    expect(first.told.at(-1)).toMatch(/^The jobs go on in Slurm\. To cancel them: scancel \d+ \d+\./);
    const again = await Sweep.open(sweep.folder.path);
    const second = drive(again, slurm());
    // One process is killed.
    const killed = await new Promise<string>((resolve, reject) => {
      const names = runsOf(again.plan()).map(({ name }) => name);
      const kill = async (): Promise<boolean> => {
        const [run, pid] = (await processOf(again, names)) ?? [];
        if (run === undefined || pid === undefined) return false;
        process.kill(pid, 'SIGKILL');
        resolve(run);
        return true;
      };
      until('a run that can be killed', kill).catch(reject);
    });
    cluster.ask('scontrol', 'update', 'nodename=n2', 'state=resume');
    // What was requeued begins now, and not two minutes later.
    await until('a requeued job', async () => cluster.waits(requeued));
    expect(cluster.ask('scontrol', 'update', `jobid=${requeued}`, 'starttime=now')).toBe('');
    await second.ended;

    expect(second.told[0]).toMatch(/^Found \d+ runs in Slurm's queue/);
    const arrays = await submitted(again);
    expect(arrays.slice(0, 2).map((runs) => runs.length)).toEqual([LARGEST_ARRAY, 12 - LARGEST_ARRAY]);
    expect(arrays.slice(2)).toEqual([[killed]]); // and nothing else a second time
    expect(new Set(arrays.flat()).size).toBe(12);

    const here = await planned('here');
    await drive(here, new LocalExecutor(here, { atOnce: 2 })).ended;
    const outcomes = await outcomesOf(again);
    expect(outcomes).toEqual(await outcomesOf(here));
    const codes = Object.values(outcomes).map((outcome) => Object(outcome).code);
    expect(codes.filter((code) => code === 'CONFIG_INVALID').length).toBe(4);
    expect(Object.values(outcomes).filter((outcome) => Object(outcome).status === 'completed').length).toBe(
      8,
    );
    const threads = runsOf(again.plan()).map(
      ({ name }) => again.folder.known(name)?.result?.environment.threads,
    );
    expect(new Set(threads)).toEqual(new Set([1, undefined])); // the machine may have more
  });
});

describe('the command', () => {
  const words = (name: string, ...more: string[]): string[] => [
    'sweep',
    ...[
      '--set',
      'strategy=baseline',
      '--set',
      'learningRate=1e-3,3e-3',
      '--benchmark',
      'split-digits',
      '--epochs',
      '1',
    ],
    ...['--hidden', '16', '--choose', 'none', '--out', join(folder, name), '--executor', 'slurm', ...more],
  ];

  test('submits, follows and ends', async () => {
    const { status, stderr } = await clTorch(words('command', '--time', '5', '--at-once', '1'));
    expect([status, stderr]).toEqual([0, expect.stringContaining('Submitted 2 runs as job ')]);
    expect(stderr).toContain('Slurm: 2 of 2 runs over');
    expect(await readFile(join(folder, 'command/slurm/array-1.sh'), 'utf8')).toContain(
      '#SBATCH --array=1-2%1\n',
    );
  });

  test.each([
    [['--partition', 'nope'], /partition.*nope.*--partition: sinfo lists them/],
    [['--gpus', '1'], /sbatch refused the job: Invalid generic resource/],
    [['--sbatch', '--nonsense=1'], /unrecognized option '--nonsense=1'.*man sbatch/],
    [['--mem', '900000G'], /Requested node configuration is not available.*No node has what/],
  ] as const)('says what Slurm refuses: %s', async (flags, message) => {
    const { status, stderr } = await clTorch(words('refused', ...flags));
    expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(stderr).toContain('[SLURM_FAILED]');
  });

  test('says that the queue is full', async () => {
    const isTaken = (tasks: number): boolean => {
      const words = ['--hold', `--array=1-${tasks}`, '--output=/dev/null', '--wrap=true'];
      return cluster.ask('timeout', '2', 'sbatch', ...words).startsWith('Submitted');
    };
    // Whatever is left between the last array and the limit is taken by single jobs.
    for (const tasks of [LARGEST_ARRAY, 1]) {
      for (let jobs = 0; jobs < MOST_JOBS && isTaken(tasks); jobs += tasks);
    }
    const { status, stderr } = await clTorch(words('full'));
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/queue takes not even one more job.*MaxJobCount/),
    ]);
    expect(stderr).toContain('[SLURM_FAILED]');
  });
});
