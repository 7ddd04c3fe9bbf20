import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { outcomeOf } from '../support/child.js';

/** What test/support/record-runs.mjs prints. */
interface Recording {
  readonly machine: Readonly<Record<string, string>>;
  readonly runs: Readonly<Record<string, RecordedRun>>;
}

interface RecordedRun {
  readonly engine: 'autograd' | 'fused';
  readonly accuracy?: number[][];
  /** Every step of each task's first epoch. */
  readonly firstLosses: number[][];
  readonly reports: { direction: number[] | null }[];
  /** Digest of the final weights. */
  readonly weights: string | null;
}

const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/recorded.json', import.meta.url), 'utf8'),
) as Recording;
const names = Object.keys(recorded.runs);

/** Minutes of training that only a busy machine needs. */
const PATIENCE_MS = 300_000;

/** Trains all configurations in a process of its own: MKL and LibTorch read the two variables when they load. */
async function record(): Promise<Recording> {
  const script = fileURLToPath(new URL('../support/record-runs.mjs', import.meta.url));
  const env = { ...process.env, MKL_CBWR: 'AVX2', ATEN_CPU_CAPABILITY: 'avx2' };
  const { status, stdout, stderr } = await outcomeOf(spawn(process.execPath, [script], { env }));
  if (status !== 0) throw new Error(`The recorder failed with status ${status}:\n${stderr}`);
  return JSON.parse(stdout) as Recording;
}

/** What of `machine` differs from the recorded one, in words; null when results must be the same bit for bit. */
function difference(machine: Recording['machine']): string | null {
  const keys = Object.keys({ ...recorded.machine, ...machine });
  const other = keys.filter((key) => machine[key] !== recorded.machine[key]);
  if (other.length === 0) return null;
  return other.map((key) => `${key} ${machine[key]}, recorded with ${recorded.machine[key]}`).join('; ');
}

describe('runs of every strategy against the recorded ones', () => {
  let found: Recording;
  beforeAll(async () => {
    found = await record();
  }, PATIENCE_MS);

  test('are the recorded ones', () => {
    expect(Object.keys(found.runs)).toEqual(names);
  });

  test.for(names)('%s: every bit', (name, { skip }) => {
    const other = difference(found.machine);
    // The fused engine's bits are the same on every machine.
    const depends = recorded.runs[name]?.engine === 'autograd';
    skip(depends && other !== null, `another machine rounds differently: ${other}`);
    expect(found.runs[name]).toEqual(recorded.runs[name]);
  });

  // A rounding decides nothing yet in the first steps.
  test.each(names.filter((name) => !name.startsWith('diverging')))(
    '%s: the first losses, on any machine',
    (name) => {
      const expected = recorded.runs[name]?.firstLosses[0]?.slice(0, 8) ?? [];
      for (const [step, loss] of expected.entries()) {
        expect(found.runs[name]?.firstLosses[0]?.[step]).toBeCloseTo(loss, 3);
      }
    },
  );

  // Nothing is learnt in these: what is left is the first weights, the order of the images, the exemplars and the draws
  // of the methods.
  test.each(names.filter((name) => name.startsWith('frozen')))('%s: every draw, on any machine', (name) => {
    const [run, expected] = [found.runs[name], recorded.runs[name]];
    if (found.machine.kernels === recorded.machine.kernels) expect(run?.weights).toBe(expected?.weights);
    for (const [task, losses] of (expected?.firstLosses ?? []).entries()) {
      for (const [step, loss] of losses.entries())
        expect(run?.firstLosses[task]?.[step]).toBeCloseTo(loss, 5);
    }
    for (const [task, { direction }] of (expected?.reports ?? []).entries()) {
      for (const [step, value] of (direction ?? []).entries()) {
        expect((run?.reports[task]?.direction?.[step] ?? Number.NaN) / value).toBeCloseTo(1, 4);
      }
    }
  });
});
