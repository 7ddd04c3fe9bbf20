import { expect, test } from 'vitest';
import { ClTorchError } from '../../lib/base/errors.js';
import { decodeModel, encodeModel } from '../../lib/checkpoint/model-file.js';
import { decodeSealed, encodeSealed } from '../../lib/checkpoint/sealed.js';
import { decodeTensors } from '../../lib/files/safetensors/read.js';
import { decodeCheckpoint, encodeCheckpoint } from '../../lib/runs/checkpoint.js';
import { checkpoint, tensors } from '../support/checkpoint.js';
import { seededRandom, tensorFile } from '../support/files.js';
import { FUZZ_INPUTS, FUZZ_PATIENCE_MS } from '../support/fuzz.js';
import { mlpOf } from '../support/network.js';

const file = encodeCheckpoint(checkpoint);

test(`${FUZZ_INPUTS} random changes to files never crash the readers, and no changed file passes for a checkpoint`, {
  timeout: FUZZ_PATIENCE_MS,
}, () => {
  const random = seededRandom(20_241_124);
  const below = (limit: number): number => Math.floor(random() * limit);
  const words = [
    '{',
    '}',
    '"',
    ',',
    '0',
    '-1',
    '1e99',
    'null',
    '[',
    ']',
    '\u0000',
    'F64',
    'data_offsets',
    '__metadata__',
    '9007199254740993',
  ];
  const seeds = [
    file,
    encodeModel(mlpOf([4, 3, 2]), { parameters: tensors(0), buffers: [] }),
    tensorFile({ a: { dtype: 'U8', shape: [2], data_offsets: [0, 2] } }, Uint8Array.of(1, 2)),
  ];
  const mutate = (original: Uint8Array): Uint8Array => {
    let bytes = Buffer.from(original);
    for (let change = below(4); change >= 0; --change) {
      const place = random() < 0.5 ? below(Math.min(bytes.length, 600)) : below(bytes.length);
      const kind = below(5);
      if (kind === 0) bytes = bytes.subarray(0, Math.max(1, place));
      else if (kind === 1) bytes[place] = below(256);
      else if (kind === 2) bytes.write(words[below(words.length)] ?? '', place, 'latin1');
      else if (kind === 3)
        bytes.copyWithin(place, below(bytes.length), Math.min(bytes.length, below(bytes.length) + 64));
      else bytes.writeUInt8((bytes.readUInt8(0) + below(3)) % 256, 0); // the header's length
    }
    return bytes;
  };
  const sealed = decodeSealed(file, { kind: 'checkpoint', version: 2 }, 'x');
  const state = Buffer.from(sealed.metadata.state ?? '');
  const outcomes = new Map<string, number>();
  const note = (reader: string, read: () => unknown): boolean => {
    let outcome = 'read';
    try {
      read();
    } catch (error) {
      outcome = error instanceof ClTorchError ? error.code : (error as Error).constructor.name;
    }
    outcomes.set(`${reader}: ${outcome}`, (outcomes.get(`${reader}: ${outcome}`) ?? 0) + 1);
    return outcome === 'read';
  };
  for (let i = 0; i < FUZZ_INPUTS; ++i) {
    const original = seeds[below(seeds.length)] as Uint8Array;
    const bytes = mutate(original);
    note('tensors', () => decodeTensors(bytes));
    note('model', () => decodeModel(bytes, 'x'));
    if (note('checkpoint', () => decodeCheckpoint(bytes, 'x'))) expect(Buffer.compare(bytes, file)).toBe(0);
    if (i % 20 === 0) {
      // Sealed again: what the checksum would have stopped.
      const metadata = { state: Buffer.from(mutate(state)).toString() };
      note('checkpoint', () => decodeCheckpoint(encodeSealed({ ...sealed, metadata }), 'x'));
    }
  }
  const allowed =
    /^(tensors: (read|TensorFileError)|(model|checkpoint): (read|FILE_(DAMAGED|FOREIGN|MISMATCH|TOO_NEW)))$/;
  expect([...outcomes.keys()].filter((outcome) => !allowed.test(outcome))).toEqual([]);
  expect(outcomes.get('tensors: read')).toBeGreaterThan(FUZZ_INPUTS / 100);
  expect(outcomes.get('tensors: TensorFileError')).toBeGreaterThan(FUZZ_INPUTS / 100);
});
