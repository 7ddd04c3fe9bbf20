import '../base/symbols.js';
import { outputsOf } from '../benchmarks/scenario.js';
import { streamOf } from '../benchmarks/stream.js';
import { dataOf, loadTasks } from '../benchmarks/views.js';
import { loadDataset, normalisationOf } from '../datasets/index.js';
import { loadNative } from '../session/native.js';
import { attempt } from '../session/native-failure.js';
import { Session } from '../session/session.js';
import { resolveEnvironment } from '../training/environment.js';
import { EPOCHS, plainTraining } from './plain-training.js';
import type { EpochSample } from './types.js';

const TIMER_MS = 10;

/**
 * Trains the article's network for a few epochs in this process, measuring the floor before each: a process of its own
 * runs it (`lib/speed/child.ts`), so that the sides of a comparison cannot disturb each other.
 */
export async function measureEpochs(input: object): Promise<EpochSample> {
  const started = performance.now();
  const { config, benchmark, network: kind } = plainTraining(input);
  const environment = await resolveEnvironment(config, new AbortController().signal);
  using session = await Session.open(environment);
  const dataset = await loadDataset(config.dataset);
  const known = dataOf(dataset, config.padding);
  const plan = streamOf(benchmark, config, known);
  const outputs = outputsOf(plan, config.scenario, known.classes, config.outputs);
  const [task] = await loadTasks(session, dataset, plan, outputs, {
    padding: config.padding,
    normalisation: normalisationOf(config.normalisation, dataset),
  });
  if (!task) throw new Error('There is one task.');
  const network = kind.spec(config, known.input, outputs.count);
  await session.createModel({ ...environment, network, seed: config.seed });
  await session.createOptimizer(config);
  const setupSeconds = (performance.now() - started) / 1000;

  const { batchSize } = config;
  const { device, threads, precision } = environment;
  const gemm = { network, rows: dataset.train.rows, batchSize, device, threads, precision };
  const { timeGemm } = await loadNative();
  const sample = {
    epochSeconds: [] as number[],
    floorSeconds: [] as number[],
    libtorchFloorSeconds: [] as number[],
    operations: 0,
  };
  using timer = new TimerGap();
  for (let epoch = 0; epoch < EPOCHS; ++epoch) {
    const { libtorchSeconds, ownSeconds, operations } = attempt(() => timeGemm(gemm));
    const { seconds } = await timer.during(() => session.trainEpoch({ views: [task.train], batchSize }));
    sample.floorSeconds.push(Math.min(libtorchSeconds, ownSeconds ?? libtorchSeconds));
    sample.libtorchFloorSeconds.push(libtorchSeconds);
    sample.epochSeconds.push(seconds);
    sample.operations = operations;
  }
  const { seconds: evaluationSeconds } = await session.evaluate({ views: [task.test], batchSize });
  return { ...sample, setupSeconds, evaluationSeconds, largestTimerGap: timer.largest, environment };
}

/** How long the event loop was kept from its timers. */
class TimerGap {
  largest = 0;
  #training = false;
  #last = performance.now();
  readonly #timer = setInterval(() => {
    const now = performance.now();
    if (this.#training) this.largest = Math.max(this.largest, now - this.#last);
    this.#last = now;
  }, TIMER_MS);

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#training = true;
    this.#last = performance.now(); // what kept the loop from its timers before is not the training's doing
    try {
      return await work();
    } finally {
      this.#training = false;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
