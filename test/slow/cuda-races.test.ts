import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadNative } from '../../lib/session/native.js';

const build = fileURLToPath(new URL('../../build', import.meta.url));
const program = `${build}/test/emulation/cuda_races`;

/** What test/emulation/races/races.cpp prints of a case. */
interface Case {
  readonly name: string;
  /** How often two threads were at the same memory, one of them to write, without an order between them. */
  readonly races: number;
  /** Relative distance of the trained parameters from autograd's, in the Euclidean norm. */
  readonly parameters: number;
}

/** Trainings, each without one of its waits. */
interface Hidden {
  /** How many of them were races, */
  readonly races: number;
  /** and how many were not: a stream did not wait for an event, the host for an event, the host for a stream. */
  readonly unnoticed: readonly [number, number, number];
}

const { runtimeInfo } = await loadNative();
const isCudaBuild = runtimeInfo().cudaBuild !== null;

beforeAll(() => {
  if (!isCudaBuild) run('cmake', ['--build', build, '--target', 'cuda_races']);
}, 900_000);

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], options = ''): Ended {
  const env = { ...process.env, LD_PRELOAD: '', TSAN_OPTIONS: options };
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1e9, env });
  // Where addresses are more random than ThreadSanitizer bears.
  if (status !== 0 && stderr.includes('unexpected memory mapping')) {
    return run('setarch', ['-R', command, ...args], options);
  }
  if (status !== 0) throw new Error(`${command} ended with status ${status}:\n${stdout}\n${stderr}`);
  return { stdout, stderr };
}

const skipped = isCudaBuild ? ' (skipped: a CUDA build is tested on a GPU, by test/gpu)' : '';

describe.skipIf(isCudaBuild)(`the CUDA engine's streams as threads${skipped}`, () => {
  test('have no data race with each other or with the host, and learn what autograd does', () => {
    const { stdout, stderr } = run(program, []);
    const cases = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Case);
    expect(cases.length).toBeGreaterThan(35);
    expect(cases.map(({ name }) => name)).toContain('a training group of sessions');
    expect(
      cases.filter(({ races }) => races > 0).map(({ name }) => name),
      stderr.slice(0, 20_000),
    ).toEqual([]);
    for (const { name, parameters } of cases) {
      expect(parameters, name).toBeLessThan(name.startsWith('bf16') ? 0.15 : 1e-4);
    }
  }, 600_000);

  test('have one as soon as one of their waits is missing', () => {
    const { stdout } = run(program, ['hidden waits'], 'symbolize=0');
    const { races, unnoticed } = JSON.parse(stdout) as Hidden;
    expect(races).toBeGreaterThanOrEqual(20);
    // At their end the four calls wait for both streams, should they have failed; else there is nothing left to wait for.
    expect(unnoticed).toEqual([0, 0, 8]);
  }, 600_000);
});
