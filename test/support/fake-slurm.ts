import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutorContext, RunFailure } from '../../lib/sweep/plan/executor.js';
import type { SweepRun } from '../../lib/sweep/plan/types.js';

const sbatch = `
for script; do :; done
env > "$FAKE/environment"
echo "$script" >> "$FAKE/asked"
[ -e "$FAKE/refusal" ] && { cat "$FAKE/refusal" >&2; exit 1; }
size=$(sed -n 's/^#SBATCH --array=1-\\([0-9]*\\).*/\\1/p' "$script")
name=$(sed -n 's/^#SBATCH --job-name=//p' "$script")
if [ -e "$FAKE/room" ] && [ "$size" -gt "$(($(cat "$FAKE/room") - $(cat "$FAKE"/queue/* | grep -c 'PENDING\\|RUNNING')))" ]; then
  echo 'sbatch: error: AssocMaxSubmitJobLimit' >&2
  echo 'sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit)' >&2
  exit 1
fi
job=$(($(cat "$FAKE/last") + 1))
echo $job > "$FAKE/last"
for index in $(seq $size); do echo "$job|$index|PENDING|Resources|$name" >> "$FAKE/new"; done
mv "$FAKE/new" "$FAKE/queue/$job"
echo $job
`;
const squeue = `
[ -e "$FAKE/silence" ] && { echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1; }
cat "$FAKE"/queue/*
`;
const scontrol = `echo "MaxArraySize            = $(cat "$FAKE/largest")"`;

/** Programs with Slurm's names that keep a queue in a folder; the test says what becomes of a job. */
export class FakeSlurm {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'cl-torch-slurm-'));
  /** To be put before the others in PATH. */
  readonly programs: string = join(this.folder, 'programs');
  /** A sweep's. */
  readonly sweep: string = join(this.folder, 'sweep');

  constructor() {
    mkdirSync(this.programs);
    mkdirSync(this.sweep);
    for (const [name, body] of Object.entries({ sbatch, squeue, scontrol })) {
      const path = join(this.programs, name);
      writeFileSync(path, `#!/bin/sh\nFAKE='${this.folder}'\n${body}`);
      chmodSync(path, 0o755);
    }
    mkdirSync(join(this.folder, 'queue'));
    this.write('queue/0', '');
    this.write('last', '100');
    this.write('largest', '1001');
  }

  /** Names of files: `refusal` of sbatch, `room` in the queue, `silence` of squeue, `largest` array. */
  write(name: string, content: string): void {
    writeFileSync(join(this.folder, 'written'), content);
    renameSync(join(this.folder, 'written'), join(this.folder, name));
  }

  remove(name: string): void {
    rmSync(join(this.folder, name), { force: true });
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** How often sbatch was called. */
  get asked(): number {
    return existsSync(join(this.folder, 'asked')) ? this.read('asked').trim().split('\n').length : 0;
  }

  /** Tasks in the queue, such as `101_1 PENDING`. */
  get tasks(): string[] {
    const lines = readdirSync(join(this.folder, 'queue'))
      .flatMap((job) => this.read(`queue/${job}`).split('\n'))
      .filter(Boolean);
    return lines.map((line) => line.replace(/^(\d+)\|(\d+)\|(\w+)\|.*/, '$1_$2 $3'));
  }

  /** Changes a task; with the state null Slurm forgets it. */
  set(task: string, state: string | null, reason = 'None'): void {
    const [job, index] = task.split('_');
    const lines = this.read(`queue/${job}`).split('\n').filter(Boolean);
    const changed = lines.flatMap((line) => {
      if (!line.startsWith(`${job}|${index}|`)) return [line];
      return state === null ? [] : [`${job}|${index}|${state}|${reason}|${line.split('|').at(-1)}`];
    });
    this.write(`queue/${job}`, changed.map((line) => `${line}\n`).join(''));
  }

  /** The list of runs that a job was given. */
  runsOf(number: number): string[] {
    return readFileSync(join(this.sweep, 'slurm', `array-${number}.txt`), 'utf8')
      .trim()
      .split('\n');
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A context that keeps what it is told. */
export class KeptContext implements ExecutorContext {
  readonly folder: string;
  readonly stop: AbortController = new AbortController();
  readonly signal: AbortSignal = this.stop.signal;
  readonly over: Set<string> = new Set();
  readonly failures: Map<string, RunFailure> = new Map();
  readonly told: string[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  async isOver({ name }: SweepRun): Promise<boolean> {
    return this.over.has(name) || this.failures.has(name);
  }

  async fail({ name }: SweepRun, failure: RunFailure): Promise<void> {
    this.failures.set(name, failure);
  }

  tell(text: string): void {
    this.told.push(text);
  }
}

/** So many runs, `r1` the first. */
export function sweepRuns(count: number): SweepRun[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `r${i + 1}`,
    phase: 'search',
    method: 0,
    trial: i,
    seed: 0,
    until: null,
    input: {},
  }));
}
