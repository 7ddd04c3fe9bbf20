import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ClTorchError } from '../../lib/base/errors.js';
import { readIdx } from '../../lib/datasets/formats/idx.js';
import { IdxAssembler, type IdxKind } from '../../lib/datasets/formats/idx-assembler.js';
import { Choices, corpus, FUZZ_INPUTS, FUZZ_PATIENCE_MS, FUZZ_SEED } from '../support/fuzz.js';
import { idx } from '../support/idx.js';

const KINDS: readonly IdxKind[] = ['images', 'labels'];
const RANK = { images: 3, labels: 1 };

/** What the format's description says of these bytes: their values, or that they are none. */
function expected(bytes: Buffer, kind: IdxKind): Buffer | undefined {
  const header = 4 + 4 * RANK[kind];
  if (bytes.length < header || bytes.readUInt32BE(0) !== 0x0800 + RANK[kind]) return undefined;
  let values = 1;
  for (let place = 4; place < header; place += 4) values *= bytes.readUInt32BE(place);
  return values > 0 && values === bytes.length - header ? bytes.subarray(header) : undefined;
}

/** Whatever the bytes are, they are read as the format says or refused as DATA_INVALID. */
async function check(
  bytes: Buffer,
  kind: IdxKind,
  read: () => Promise<{ values: Uint8Array }>,
): Promise<void> {
  const right = expected(bytes, kind);
  let found: Uint8Array | undefined;
  try {
    found = (await read()).values;
  } catch (error) {
    if (!(error instanceof ClTorchError && error.code === 'DATA_INVALID')) throw error;
  }
  if (right === undefined && found === undefined) return;
  if (!right || !found || Buffer.compare(right, found) !== 0) {
    expect.fail(`${kind}, seed ${FUZZ_SEED}: ${bytes.toString('hex').slice(0, 400)}`);
  }
}

async function assemble(bytes: Buffer, kind: IdxKind, cut: number): Promise<{ values: Uint8Array }> {
  const assembler = new IdxAssembler('fuzz', kind, bytes.length);
  await assembler.take(
    (async function* () {
      yield bytes.subarray(0, cut);
      yield bytes.subarray(cut);
    })(),
  );
  return assembler.finish();
}

const seeds = [
  idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
  idx([3], [0, 1, 2]),
  idx([1, 1, 1], [255]),
  idx([1], [9]),
];

test(`${FUZZ_INPUTS} inputs in two chunks`, { timeout: FUZZ_PATIENCE_MS }, async () => {
  const choices = new Choices(FUZZ_SEED);
  for (let input = 0; input < FUZZ_INPUTS; ++input) {
    const bytes = choices.mutated(choices.of(seeds));
    const kind = choices.of(KINDS);
    await check(bytes, kind, () => assemble(bytes, kind, choices.below(bytes.length + 1)));
  }
});

const FILES = Math.min(500, FUZZ_INPUTS / 20);

test(`${FILES} files, half of them gzipped and damaged`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cl-torch-fuzz-'));
  const choices = new Choices(FUZZ_SEED + 1);
  const file = join(folder, 'file');
  try {
    for (let input = 0; input < FILES; ++input) {
      const kind = choices.of(KINDS);
      const plain = choices.mutated(choices.of(seeds));
      const isPacked = input % 2 === 0;
      await writeFile(file, isPacked ? choices.mutated(gzipSync(plain)) : plain);
      if (!isPacked && plain[0] !== 0x1f) await check(plain, kind, () => readIdx(file, kind));
      // What a damaged gzip file holds only zlib could say: an answer or a refusal will do.
      else await readIdx(file, kind).catch((error) => expect(error).toMatchObject({ code: 'DATA_INVALID' }));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each(corpus('idx'))('found before: $name', async ({ bytes }) => {
  for (const kind of KINDS) {
    for (let cut = 0; cut <= bytes.length; ++cut) await check(bytes, kind, () => assemble(bytes, kind, cut));
  }
});
