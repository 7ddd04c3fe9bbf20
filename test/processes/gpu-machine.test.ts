import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

/** What the script may use of a bare machine: neither Node nor GNU time is among it. */
const TOOLS =
  'bash cat cksum dirname env gzip head mkdir mv nproc realpath rm sed setsid sleep tail tar timeout tr wc xz'.split(
    ' ',
  );
const STAGES = [
  'info',
  'build',
  'doctor',
  'quick',
  'bench',
  'networks',
  'seeds',
  'test',
  'profile',
  'sanitize',
];

const root = mkdtempSync(join(tmpdir(), 'cl-torch-gpu-machine-'));
afterAll(() => rmSync(root, { recursive: true }));

function which(program: string): string {
  return spawnSync('bash', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
}

/** The interpreter itself: a version manager's stand-in for it would need more than a bare PATH. */
const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).stdout.trim();

function writeProgram(path: string, lines: string): void {
  writeFileSync(path, `#!${which('bash')}\n${lines}\n`);
  chmodSync(path, 0o755);
}

interface Machine {
  /** A line for each call of Node: its arguments, and the settings that the script makes. */
  calls(): string[];
  script(...args: string[]): { status: number | null; output: string };
  summary(): Record<string, string>;
  readonly results: string;
}

/**
 * A machine with stand-ins for Node, nvcc, the GPU's programs and python3's torch. Node fails where `node` says so.
 * @param tools the profiler and the checker that are installed
 */
function machine(name: string, { node = '', tools = ['ncu', 'compute-sanitizer'] } = {}): Machine {
  const home = join(root, name);
  const [tree, programs, pack, results, calls] = ['tree', 'bin', 'tree/.gpu', 'results', 'calls.txt'].map(
    (part) => join(home, part),
  ) as [string, string, string, string, string];
  for (const folder of [join(tree, 'scripts'), programs, pack]) mkdirSync(folder, { recursive: true });
  cpSync('scripts/gpu-machine.sh', join(tree, 'scripts/gpu-machine.sh'));
  for (const tool of TOOLS) symlinkSync(which(tool), join(programs, tool));
  for (const tool of ['nvcc', 'cmake', 'c++']) writeProgram(join(programs, tool), `echo ${tool} 1.0`);
  writeProgram(join(programs, 'nvidia-smi'), 'case "$*" in *compute_cap*) echo 9.0 ;; *) echo a GPU ;; esac');
  writeProgram(
    join(programs, 'python3'),
    `case "$*" in *'import torch'*) echo torch ;; *) exec ${python} "$@" ;; esac`,
  );
  for (const tool of tools) {
    writeProgram(join(programs, tool), 'while [ "$1" != node ]; do shift; done; exec "$@"');
  }
  writeProgram(
    join(home, 'node'),
    `echo "$* [jobs=$CL_TORCH_JOBS archs=$CUDAARCHS werror=$CL_TORCH_WARNINGS_AS_ERRORS graphs=$CL_TORCH_CUDA_GRAPHS]" >>${calls}
${node}
echo '{}'`,
  );
  const archive = (file: string, ...args: string[]): void => {
    expect(spawnSync('tar', ['cJf', join(pack, file), ...args]).status).toBe(0);
  };
  archive('node.tar.xz', '-C', home, 'node');
  for (const part of ['modules', 'mnist', 'dist']) {
    mkdirSync(join(home, 'parts', part), { recursive: true });
    archive(`${part}.tar.xz`, '-C', join(home, 'parts'), part);
  }
  return {
    results,
    calls: () => readFileSync(calls, 'utf8').trim().split('\n'),
    script(...args) {
      const { status, stdout, stderr } = spawnSync('bash', ['scripts/gpu-machine.sh', ...args], {
        cwd: tree,
        encoding: 'utf8',
        env: { PATH: programs, HOME: home, NVIDIA_TF32_OVERRIDE: '1', CL_TORCH_GPU_COPY: join(home, 'copy') },
      });
      return { status, output: stdout + stderr };
    },
    summary() {
      const stages: { stage: string; ended: string }[] = JSON.parse(
        readFileSync(join(results, 'summary.json'), 'utf8'),
      );
      return Object.fromEntries(stages.map(({ stage, ended }) => [stage, ended]));
    },
  };
}

const allDone = Object.fromEntries(STAGES.map((stage) => [stage, 'done']));

test('every stage runs on a bare machine, and one archive has all results', () => {
  const { script, summary, calls, results } = machine('whole');
  const { status, output } = script('run', results);
  expect({ status, output }).toMatchObject({ status: 0 });
  expect(summary()).toEqual(allDone);
  expect(readFileSync(join(results, 'seeds.log'), 'utf8')).toMatch(/16 seed\(s\), bf16: \d+[.,]\d+ s/);
  // Networks are measured without graphs, too.
  for (const call of calls()) {
    expect(call).toMatch(/\[jobs=\d+ archs=90 werror=off graphs=(off)?\]$/);
    if (!call.includes('--network')) expect(call).toMatch(/graphs=\]$/);
  }
  const { stdout } = spawnSync('tar', ['tzf', join(results, 'results.tar.gz')], { encoding: 'utf8' });
  for (const file of [
    'summary.json',
    'machine.txt',
    'quick.txt',
    'bench.jsonl',
    'networks.jsonl',
    'seeds.log',
    'profile.csv',
  ]) {
    expect(stdout.split('\n')).toContain(`./${file}`);
  }
});

test('a failure in the middle of a stage fails it, shows its end, and stops no other', () => {
  const { script, summary, results } = machine('failing', {
    node: 'case "$*" in *tf32*) echo no tf32 today >&2; exit 5 ;; esac',
  });
  const { status, output } = script('run', results);
  expect(status).toBe(1);
  expect(output).toContain('no tf32 today');
  expect(summary()).toEqual({ ...allDone, bench: 'failed' });
});

test('a quick stage that fails is tried again without graphs, and stays failed', () => {
  const { script, summary, calls, results } = machine('graphs', {
    node: 'case "$CL_TORCH_CUDA_GRAPHS $*" in " scripts/gpu-quick.mjs") exit 1 ;; esac',
  });
  expect(script('run', results, 'build', 'quick').status).toBe(1);
  expect(summary()).toEqual({ build: 'done', quick: 'failed' });
  expect(calls().at(-1)).toMatch(/^scripts\/gpu-quick\.mjs .*graphs=off\]$/);
});

test('what is not installed is skipped', () => {
  const { script, summary, results } = machine('without', { tools: [] });
  expect(script('run', results).status).toBe(0);
  expect(summary()).toEqual({ ...allDone, profile: 'skipped', sanitize: 'skipped' });
});

test('nothing runs on an addon that could not be built', () => {
  const { script, summary, results } = machine('unbuilt', {
    node: 'case "$*" in *" build"*) exit 1 ;; esac',
  });
  expect(script('run', results).status).toBe(1);
  expect(summary()).toEqual({ info: 'done', build: 'failed' });
});

test('stages that run in the background are shown until they have ended', () => {
  const { script, summary, results } = machine('background', {
    node: 'case "$*" in *doctor*) sleep 2 ;; esac',
  });
  expect(script('start', results, 'build', 'doctor')).toMatchObject({ status: 0 });
  expect(script('wait', results, '0').status).toBe(3);
  const { status, output } = script('wait', results, '60');
  expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('== doctor') });
  expect(summary()).toEqual({ build: 'done', doctor: 'done' });
});
