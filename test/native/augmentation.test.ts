import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resumeExperiment, runExperiment } from '../../lib/index.js';
import { planLearner } from '../../lib/learner/config.js';
import { Session } from '../../lib/session/session.js';
import { temporaryFolder } from '../support/libtorch.js';
import { modelIn, timeless } from '../support/runs.js';
import { identity } from '../support/synthetic.js';

const [CHANNELS, HEIGHT, WIDTH] = [2, 3, 4];
const PLANE = HEIGHT * WIDTH;
const FEATURES = CHANNELS * PLANE;
/** No two numbers are equal, and none is black. */
const image = Float32Array.from({ length: FEATURES }, (_, at) => (at + 1) / 32);
const BLACK = Float32Array.of(-0.5, -2);

/** The image with `down` and `right` as the corner of its crop, by what torchvision's Pad, crop and hflip do. */
function placed(down: number, right: number, flipped: boolean): number[] {
  return Array.from({ length: FEATURES }, (_, at) => {
    const channel = Math.floor(at / PLANE);
    const [y, column] = [Math.floor((at % PLANE) / WIDTH), at % WIDTH];
    const x = flipped ? WIDTH - 1 - column : column;
    const [fromY, fromX] = [y + down, x + right];
    const isInside = fromY >= 0 && fromY < HEIGHT && fromX >= 0 && fromX < WIDTH;
    return isInside ? (image[channel * PLANE + fromY * WIDTH + fromX] ?? 0) : (BLACK[channel] ?? 0);
  });
}

/** Every way in which an image may be shown, by its numbers. */
function ways(margin: number, flips: readonly boolean[]): Map<string, number> {
  const offsets = Array.from({ length: 2 * margin + 1 }, (_, i) => i - margin);
  const all = offsets.flatMap((down) =>
    offsets.flatMap((right) => flips.map((flipped) => placed(down, right, flipped))),
  );
  return new Map(all.map((numbers) => [numbers.join(), 0]));
}

async function opened(engine: 'autograd' | 'fused'): Promise<{ session: Session; view: number }> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  const dataset = await session.loadDataset({ images: image, labels: Uint8Array.of(1), features: FEATURES });
  const view = await session.addView({ dataset, columns: identity(FEATURES) });
  const network = { kind: 'mlp', input: [FEATURES], classes: 2, hidden: [] } as const;
  await session.createModel({ network, seed: 4, engine });
  await session.createOptimizer({
    optimizer: 'sgd',
    learningRate: 1,
    weightDecay: 0,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
  });
  return { session, view };
}

// Of a network without hidden layers, the gradient of a class's weights is a multiple of the inputs, and that of its bias
// the same multiple of 1: a step of SGD tells what the network was shown.
test.each([
  ['autograd', 1, [false, true], true],
  ['fused', 1, [false, true], true],
  ['fused', 2, [false], false],
  ['autograd', 0, [false, true], true],
] as const)(
  'the %s engine shows crops with a margin of %i, flipped: %o',
  async (engine, margin, flips, has) => {
    const { session, view } = await opened(engine);
    using _ = session;
    const augmentation = { image: [CHANNELS, HEIGHT, WIDTH], margin, flips: has, black: BLACK };
    const counts = ways(margin, flips);
    const epochs = 40 * counts.size;
    const start = (await session.parameters()).map(({ data }) => data);
    for (let epoch = 0; epoch < epochs; ++epoch) {
      await session.setParameters(start);
      await session.trainEpoch({ views: [view], batchSize: 1, augmentation });
      const [weight, bias] = (await session.parameters()).map(({ data }, i) =>
        data.map((value, at) => value - (start[i]?.[at] ?? 0)),
      );
      const shown = Array.from({ length: FEATURES }, (_each, at) => (weight?.[at] ?? 0) / (bias?.[0] ?? 0));
      const near = [...counts.keys()].filter((way) =>
        way.split(',').every((value, at) => Math.abs(Number(value) - (shown[at] ?? Number.NaN)) < 1e-4),
      );
      expect(near).toHaveLength(1);
      counts.set(near[0] ?? '', (counts.get(near[0] ?? '') ?? 0) + 1);
    }
    // 40 of each are expected; the seed is given, so that this is the same count on every machine.
    for (const count of counts.values()) expect(Math.abs(count - 40)).toBeLessThan(30);
  },
);

test('what is measured, stored and searched by is shown as it is; sizes that do not fit are refused', async () => {
  const { session, view } = await opened('autograd');
  using _ = session;
  const augmentation = { image: [CHANNELS, HEIGHT, WIDTH], margin: 2, flips: true, black: BLACK };
  await session.trainEpoch({ views: [view], batchSize: 1, augmentation });
  await session.addMemory({ view, rows: Int32Array.of(0), targets: true });
  const logits = await session.predict({ images: image, features: FEATURES, output: 'logits' });
  const { memory } = await session.exportState();
  expect(memory[0]?.targets?.logits).toEqual(logits);
  expect((await session.readRows({ view, rows: Int32Array.of(0) })).images).toEqual(image);
  for (const [change, message] of [
    [{ image: [1, 3, 4] }, 'The augmentation is for images of 1 by 3 by 4 numbers'],
    [{ black: Float32Array.of(0) }, 'has 1 values of black'],
    [{ margin: -1 }, "'augmentation.margin'"],
    [{ image: [24] }, "'augmentation.image'"],
  ] as const) {
    const asked = session.trainEpoch({
      views: [view],
      batchSize: 1,
      augmentation: { ...augmentation, ...change },
    });
    await expect(asked).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
  }
});

const small = {
  strategy: 'er',
  benchmark: 'split-digits',
  tasks: 2,
  epochs: 2,
  examplesPerClass: 8,
  memorySize: 4,
  rehearsal: 4,
  batchSize: 6,
  network: 'cnn',
  channels: [3],
  hidden: [5],
  augment: 'crop,flip',
  cropMargin: 1,
  normalisation: 'data-set',
  device: 'cpu',
  threads: 1,
  checkpointEvery: 'epoch',
} as const;

test('a run that augments is resumed bit for bit, and learns otherwise than one that does not', async () => {
  const folder = temporaryFolder();
  const whole = await runExperiment({ ...small, out: join(folder, 'whole') });
  const plain = await runExperiment({ ...small, augment: 'none' });
  expect(plain.parametersDigest).not.toBe(whole.parametersDigest);
  const out = join(folder, 'stopped');
  const controller = new AbortController();
  let epochs = 0;
  const stopped = runExperiment(
    { ...small, out },
    {
      signal: controller.signal,
      onEvent: ({ type }) => type === 'epoch' && ++epochs === 3 && controller.abort(),
    },
  );
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  expect(timeless(await resumeExperiment(out))).toEqual(timeless(whole));
  expect(await modelIn(out)).toEqual(await modelIn(join(folder, 'whole')));
});

test('examples that are no images are refused', () => {
  const learner = { strategy: 'baseline', inputs: 12, classes: 2, augment: 'flip' } as const;
  expect(() => planLearner(learner)).toThrow(
    'augment (--augment): flip is for images, [channels, height, width]',
  );
  planLearner({ ...learner, inputs: [3, 2, 2] });
});
