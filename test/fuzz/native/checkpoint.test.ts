import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionSnapshot } from '../../../binding.js';
import { ClTorchError } from '../../../lib/base/errors.js';
import { decodeSealed, encodeSealed } from '../../../lib/checkpoint/sealed.js';
import type { FileTensor } from '../../../lib/files/safetensors/format.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../../lib/runs/checkpoint.js';
import { Session } from '../../../lib/session/session.js';
import { checkpoint } from '../../support/checkpoint.js';
import { Choices, FUZZ_INPUTS, FUZZ_PATIENCE_MS, FUZZ_SEED } from '../../support/fuzz.js';
import { changed } from '../../support/json-fuzz.js';
import { mlpOf } from '../../support/network.js';
import { identity, syntheticRows } from '../../support/synthetic.js';

const KIND = { kind: 'checkpoint', version: 2 };

let session: Session;
let own: SessionSnapshot;
let file: ReturnType<typeof decodeSealed>;
// A session whose data have the shape that the checkpoint's network takes, with a snapshot of its own to go on from.
beforeAll(async () => {
  session = await Session.open({ device: 'cpu', threads: 1 });
  const dataset = await session.loadDataset(syntheticRows(20, 4, 2));
  const views = [identity(4), identity(4).reverse(), identity(4)];
  for (const columns of views) await session.addView({ dataset, columns });
  await session.createModel({ network: mlpOf([4, 3, 2]), seed: 1 });
  await session.addMemory({ view: 0, rows: Int32Array.of(1, 2) });
  own = await session.exportState();
  // Streams as LibTorch writes them, so that an input without a fault can be taken.
  const good = { ...checkpoint, session: { ...checkpoint.session, streams: own.streams } };
  file = decodeSealed(encodeCheckpoint(good), KIND, 'x');
});
afterAll(() => session.dispose());

/** The same tensors with one of them renamed, reshaped, shortened, of another type, or with other bytes. */
function otherTensors(tensors: ReadonlyMap<string, FileTensor>, choices: Choices): Map<string, FileTensor> {
  const entries = [...tensors];
  const index = choices.below(entries.length);
  const [name, tensor] = entries[index] as [string, FileTensor];
  const other = choices.of(entries);
  const count = tensor.bytes.length;
  const kinds: (() => [string, FileTensor] | undefined)[] = [
    () => undefined,
    () => [`${name}x`, tensor],
    () => [name, other[1]],
    () => [name, { ...tensor, shape: [...tensor.shape].reverse() }],
    () => [name, { ...tensor, shape: [...tensor.shape, 1] }],
    () => [name, { dtype: 'U8', shape: [count], bytes: tensor.bytes }],
    () => [name, { dtype: tensor.dtype, shape: [0], bytes: new Uint8Array() }],
    () => [
      name,
      { ...tensor, bytes: tensor.bytes.map((byte) => (choices.below(4) ? byte : choices.below(256))) },
    ],
  ];
  const replaced = choices.of(kinds)();
  return new Map(entries.flatMap((entry, i) => (i === index ? (replaced ? [replaced] : []) : [entry])));
}

const outcomes = new Map<string, number>();
function note(outcome: string): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

/** Read as a checkpoint whose seal is right: taken, or refused as damaged. */
function read(bytes: Uint8Array): Checkpoint | undefined {
  try {
    return decodeCheckpoint(bytes, 'x');
  } catch (error) {
    if (!(error instanceof ClTorchError)) throw error;
    expect(['FILE_DAMAGED', 'FILE_FOREIGN']).toContain(error.code);
    note('refused by the reader');
    return undefined;
  }
}

/** What the reader takes, the session takes as well, or refuses it and stays as it was. */
async function take(snapshot: SessionSnapshot): Promise<void> {
  try {
    await session.importState(snapshot);
    note('taken');
    await session.importState(own);
  } catch (error) {
    // The latter where the fused engine is to clip the gradient, which it does not.
    const codes = ['INVALID_ARGUMENT', 'ENGINE_UNAVAILABLE'];
    if (!(error instanceof ClTorchError && codes.includes(error.code))) throw error;
    note('refused by the session');
  }
}

test(`${FUZZ_INPUTS} checkpoints with a right seal and a wrong content, seed ${FUZZ_SEED}`, {
  timeout: FUZZ_PATIENCE_MS,
}, async () => {
  const choices = new Choices(FUZZ_SEED + 2);
  const state = JSON.parse(file.metadata.state ?? '');
  for (let input = 0; input < FUZZ_INPUTS; ++input) {
    const metadata = choices.below(2)
      ? { ...file.metadata, state: JSON.stringify(changed(state, choices)) }
      : file.metadata;
    const tensors = choices.below(2) ? otherTensors(file.tensors, choices) : file.tensors;
    const found = read(encodeSealed({ ...file, metadata, tensors }));
    if (found) await take(found.session);
  }
  for (const way of ['refused by the reader', 'refused by the session', 'taken']) {
    expect(outcomes.get(way), way).toBeGreaterThan(FUZZ_INPUTS / 100);
  }
  expect(await session.exportState()).toEqual(own);
});
