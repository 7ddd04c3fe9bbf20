import '../base/symbols.js';
import { randomFillSync } from 'node:crypto';
import type { DatasetOptions } from '../../binding.js';
import { type DatasetName, loadDataset } from '../datasets/index.js';
import { inputsOf } from '../session/network.js';
import { Session } from '../session/session.js';
import { resolveEnvironment } from '../training/environment.js';
import { CLASSES, EPOCHS, networkTraining } from './plain-training.js';
import type { EpochSample, MeasuredNetwork } from './types.js';

/** Trains a network for a few epochs in this process: `lib/speed/network-child.ts` runs it. */
export async function measureNetwork(measured: MeasuredNetwork): Promise<EpochSample> {
  const started = performance.now();
  const { config, spec: network } = networkTraining(measured);
  const { batchSize } = config;
  const environment = await resolveEnvironment(config, new AbortController().signal);
  using session = await Session.open(environment);
  const features = inputsOf(network);
  const dataset = await session.loadDataset(await examplesOf(measured, config.dataset, features));
  const columns = Int32Array.from({ length: features }, (_, column) => column);
  const view = await session.addView({ dataset, columns });
  await session.createModel({ ...environment, network, seed: config.seed });
  await session.createOptimizer(config);
  const setupSeconds = (performance.now() - started) / 1000;
  const epochSeconds: number[] = [];
  for (let epoch = 0; epoch < EPOCHS; ++epoch) {
    epochSeconds.push((await session.trainEpoch({ views: [view], batchSize })).seconds);
  }
  return { epochSeconds, setupSeconds, environment };
}

async function examplesOf(
  { images: madeUp, examples }: MeasuredNetwork,
  name: DatasetName,
  features: number,
): Promise<DatasetOptions> {
  if (madeUp !== undefined) {
    const labels = Uint8Array.from({ length: examples }, (_, row) => row % CLASSES);
    return { images: randomFillSync(new Uint8Array(examples * features)), labels, features };
  }
  const { images, labels } = (await loadDataset(name)).train;
  return { images: images.subarray(0, examples * features), labels: labels.subarray(0, examples), features };
}
