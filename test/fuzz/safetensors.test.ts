import { expect, test } from 'vitest';
import { decodeTensors } from '../../lib/files/safetensors/read.js';
import { Choices, FUZZ_INPUTS, FUZZ_PATIENCE_MS, FUZZ_SEED } from '../support/fuzz.js';
import { changed } from '../support/json-fuzz.js';

test(`${FUZZ_INPUTS} safetensors files with a changed header, seed ${FUZZ_SEED}`, {
  timeout: FUZZ_PATIENCE_MS,
}, () => {
  const choices = new Choices(FUZZ_SEED + 3);
  const header = {
    a: entry([2, 3], 0, 24),
    b: entry([0], 24, 24),
    c: entry([], 24, 28),
    __metadata__: { k: 'v' },
  };
  const data = new Uint8Array(28);
  let taken = 0;
  for (let input = 0; input < FUZZ_INPUTS; ++input) {
    const text = Buffer.from(JSON.stringify(choices.below(8) ? changed(header, choices) : header));
    const bytes = Buffer.alloc(8 + text.length + data.length - choices.below(2) * choices.below(9));
    bytes.writeBigUInt64LE(BigInt(text.length + (choices.below(10) ? 0 : choices.below(3) - 1)));
    text.copy(bytes, 8);
    try {
      const { tensors } = decodeTensors(bytes);
      taken += 1;
      const total = [...tensors.values()].reduce((sum, tensor) => sum + tensor.bytes.length, 0);
      expect(total).toBe(bytes.length - 8 - Number(bytes.readBigUInt64LE()));
    } catch (error) {
      if ((error as Error).constructor.name !== 'TensorFileError') throw error;
    }
  }
  expect(taken).toBeGreaterThan(FUZZ_INPUTS / 100);
});

function entry(shape: number[], begin: number, end: number): object {
  return { dtype: 'F32', shape, data_offsets: [begin, end] };
}
