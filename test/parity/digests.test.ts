import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadNative } from '../../lib/session/native.js';
import { outcomeOf } from '../support/child.js';

type Digests = Readonly<Record<string, string>>;

const expected = JSON.parse(
  readFileSync(new URL('../fixtures/digests.json', import.meta.url), 'utf8'),
) as Digests;
const script = fileURLToPath(new URL('../support/digest-runs.mjs', import.meta.url));

/** The classes of vectors, each with those that a processor that has it has, too. */
const classes: Readonly<Record<string, readonly string[]>> = {
  plain: ['plain'],
  neon: ['plain', 'neon'],
  avx2: ['plain', 'avx2'],
  avx512: ['plain', 'avx2', 'avx512'],
};

const { runtimeInfo } = await loadNative();
const { vectors, cpuCapability } = runtimeInfo();
// Without FMA LibTorch draws a network's first weights with another rounding.
const hasFma = cpuCapability !== 'DEFAULT';
const skipped = hasFma ? '' : ` (skipped: LibTorch uses no FMA here, but ${cpuCapability})`;

async function run(threads: number, env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, [script, String(threads)], { env: { ...process.env, ...env } });
  const { status, stdout, stderr } = await outcomeOf(child);
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

test.skipIf(!hasFma).each((classes[vectors] ?? []).map((name, place) => [name, place + 1] as const))(
  `by %s, from %d thread(s) on, every digest of the fused engine is the one that all machines meet${skipped}`,
  async (name, threads) => {
    // The products of LibTorch and its own choice of instructions do not count.
    const others = name === 'plain' ? { MKL_CBWR: 'COMPATIBLE', ATEN_CPU_CAPABILITY: 'avx2' } : {};
    expect(JSON.parse(await run(threads, { CL_TORCH_VECTORS: name, ...others }))).toEqual(expected);
  },
  300_000,
);

test('a class of vectors that there is not is refused, with those that there are', async () => {
  await expect(run(1, { CL_TORCH_VECTORS: 'mmx' })).rejects.toThrow(/CL_TORCH_VECTORS is 'mmx'.*has: plain/);
});
