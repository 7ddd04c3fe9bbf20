import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scontrol', 'scancel', 'sinfo'];

/** Why no cluster can be had here; undefined where one can. */
export function whyNoCluster(): string | undefined {
  const missing = PROGRAMS.filter((name) => pathOf(name) === undefined);
  if (missing.length > 0) return `not installed: ${missing.join(', ')} (Debian: slurm-wlm, munge)`;
  return process.getuid?.() === 0 ? undefined : 'the daemons of Slurm need root';
}

/** Daemons lie where a user's PATH may not lead. */
function pathOf(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, program)).find(existsSync);
}

/** So many jobs the cluster knows at most, those that have ended among them. */
export const MOST_JOBS = 40;
/** Tasks of an array, at most: Slurm counts from 0, and numbers from 1 are used here. */
export const LARGEST_ARRAY = 7;

/** A Slurm of two nodes with a CPU each, both on this machine, in a folder and on ports of its own. */
export class Cluster implements AsyncDisposable {
  readonly folder: string;
  readonly #daemons: ChildProcess[] = [];

  private constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'cl-torch-cluster-'));
  }

  /** Variables by which Slurm's programs find it. */
  get env(): Record<string, string> {
    return { SLURM_CONF: join(this.folder, 'slurm.conf') };
  }

  static async start(): Promise<Cluster> {
    const cluster = new Cluster();
    const { folder } = cluster;
    for (const part of ['state', 'munge']) mkdirSync(join(folder, part));
    chmodSync(folder, 0o755); // munged asks that others may reach its socket
    chmodSync(join(folder, 'munge'), 0o711);
    writeFileSync(join(folder, 'munge/key'), randomBytes(1024), { mode: 0o400 });
    writeFileSync(join(folder, 'slurm.conf'), configuration(folder, await freePorts(3)));
    const munge = ['key-file=key', 'socket=socket', 'pid-file=pid', 'log-file=log', 'seed-file=seed'];
    cluster.#run('munged', [
      '--foreground',
      '--force',
      ...munge.map((each) => `--${each.replace('=', `=${folder}/munge/`)}`),
    ]);
    await until('munged', async () => existsSync(join(folder, 'munge/socket')));
    const conf = ['-f', cluster.env.SLURM_CONF ?? ''];
    cluster.#run('slurmctld', ['-D', ...conf]);
    for (const node of ['n1', 'n2']) cluster.#run('slurmd', ['-D', '-N', node, ...conf]);
    await until('the nodes', async () => cluster.ask('sinfo', '-hN', '-o', '%t') === 'idle\nidle');
    return cluster;
  }

  /** What one of Slurm's programs prints; its complaints where it fails. */
  ask(program: string, ...args: readonly string[]): string {
    const { stdout, stderr, status } = spawnSync(program, args, {
      env: { ...process.env, ...this.env },
      encoding: 'utf8',
      timeout: 30_000,
    });
    return (status === 0 ? stdout : stderr).trim();
  }

  /** Tasks that run, such as `3_1`, each with the name of its run. */
  get running(): string[] {
    return this.ask('squeue', '-h', '-r', '-t', 'RUNNING', '-o', '%F_%K').split('\n').filter(Boolean);
  }

  /** Whether a task waits for a time to come. */
  waits(task: string): boolean {
    return this.ask('squeue', '-h', '-r', '-o', '%F_%K %r').split('\n').includes(`${task} BeginTime`);
  }

  #run(program: string, args: readonly string[]): void {
    const log = openSync(join(this.folder, `${program}.log`), 'a');
    const daemon = spawn(pathOf(program) ?? program, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    this.#daemons.push(daemon);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ask('scancel', '--user=root', '--signal=KILL', '--full');
    this.ask('scancel', '--user=root');
    await until('the jobs to end', async () => this.ask('squeue', '-h') === '').catch(() => {});
    for (const daemon of this.#daemons.reverse()) {
      const ended = new Promise((resolve) => daemon.once('close', resolve));
      daemon.kill();
      await Promise.race([ended, delay(5000)]);
      daemon.kill('SIGKILL');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function configuration(folder: string, [port, ...nodes]: readonly number[]): string {
  return `ClusterName=test
SlurmctldHost=localhost
SlurmctldPort=${port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/socket
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool-%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
MaxArraySize=${LARGEST_ARRAY + 1}
MaxJobCount=${MOST_JOBS}
KillWait=5
NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=${nodes[0]} CPUs=1
NodeName=n2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=${nodes[1]} CPUs=1
PartitionName=main Nodes=ALL Default=YES MaxTime=60 State=UP
`;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0);
      await new Promise((resolve) => server.once('listening', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => Object(server.address()).port as number);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Waits until something is so. */
export async function until(what: string, isSo: () => Promise<boolean>, seconds = 60): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`Waited ${seconds} s for ${what}.`);
    await delay(100);
  }
}
