// Trains small networks by the fused CPU engine with three seeds and prints, as JSON, the digest of what each training came
// to: numbers that every processor and every number of threads must meet. test/fixtures/digests.json is this output, made by
//   node test/support/digest-runs.mjs 1 > test/fixtures/digests.json
// and made again only where a change is meant to change results. The argument is the first run's number of threads; the
// runs take 1 to 4 in turn. test/parity/digests.test.ts compares.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runExperiment } from '../../dist/index.js';
import { Session } from '../../dist/session/session.js';
import { writeMnistHead } from './mnist-head.mjs';

const searches = { memorySize: 60, directionIterations: 6, directionBatchSize: 64, lambdaIterations: 6 };
const RUNS = {
  baseline: { strategy: 'baseline' },
  lfd: { strategy: 'lfd', ...searches },
  'er+lfd': { strategy: 'er+lfd', ...searches, smoothing: 0.3, sphere: 'per-tensor' },
};
const small = { engine: 'fused', device: 'cpu', tasks: 3, epochs: 2, batchSize: 64, hidden: [50, 30] };
let threads = Number(process.argv[2]);

const folder = mkdtempSync(join(tmpdir(), 'cl-torch-digests-'));
try {
  const dataDir = writeMnistHead(join(folder, 'data'), { train: 250, test: 100 });
  const digests = {};
  for (const [name, config] of Object.entries(RUNS)) {
    for (const seed of [1, 2, 3]) {
      const result = await runExperiment({ ...small, ...config, seed, threads, dataDir });
      digests[`${name}, seed ${seed}`] = result.parametersDigest;
      threads = (threads % 4) + 1;
    }
  }
  Object.assign(digests, await otherNumbers());
  process.stdout.write(`${JSON.stringify(digests, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What is computed of a network beside its training: importances, outputs, probabilities, sums over vectors. */
async function otherNumbers() {
  const session = await Session.open({ device: 'cpu', threads });
  const [rows, features, classes] = [300, 40, 12];
  const images = Float32Array.from({ length: rows * features }, (_, i) => ((i * 7919) % 2003) / 2003 - 0.4);
  const labels = Uint8Array.from({ length: rows }, (_, i) => (i * 31) % classes);
  const dataset = await session.loadDataset({ images, labels, features });
  const view = await session.addView({
    dataset,
    columns: Int32Array.from({ length: features }, (_, i) => i),
  });
  const network = { kind: 'mlp', input: [features], hidden: [70, 33], classes };
  await session.createModel({ network, seed: 5, engine: 'fused', precision: 'fp32' });
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  const digests = {};
  for (const kind of ['exact', 'empirical']) {
    await session.importance({ view, rows: all, kind });
    digests[`importance, ${kind}`] = digestOf(
      (await session.vectors.get('importance')).map(({ data }) => data),
    );
  }
  for (const output of ['logits', 'probabilities'])
    digests[output] = digestOf([await session.predict({ images, features, output })]);
  const { correct, loss } = await session.score({ images, labels, features });
  digests.score = digestOf([Float64Array.of(correct, loss)]);
  session.dispose();
  return digests;
}

function digestOf(arrays) {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of arrays)
    hash.update(Buffer.from(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}
