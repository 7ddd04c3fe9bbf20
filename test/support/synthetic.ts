import type { Session } from '../../lib/session/session.js';
import { engine } from './engine.js';
import { mlpOf } from './network.js';

export const articleAdamW = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 1e-4,
} as const;

export interface ByteRows {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly features: number;
}

/** Rows whose label can be learnt: class c lights up the columns k with k % classes === c, over some noise. */
export function syntheticRows(rows: number, features: number, classes: number): ByteRows {
  const images = new Uint8Array(rows * features);
  const labels = new Uint8Array(rows);
  let state = 12345;
  for (let row = 0; row < rows; ++row) {
    const label = row % classes;
    labels[row] = label;
    for (let column = 0; column < features; ++column) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      const noise = state >>> 25; // 0…127
      images[row * features + column] = noise + (column % classes === label ? 128 : 0);
    }
  }
  return { images, labels, features };
}

export function identity(length: number): Int32Array {
  return Int32Array.from({ length }, (_, index) => index);
}

/** A session with synthetic data behind one view, a model and an optimiser. */
export async function prepare(
  session: Session,
  {
    rows = 512,
    features = 64,
    classes = 4,
    hidden = [32],
    seed = 1,
    arithmetic = engine,
  }: {
    rows?: number;
    features?: number;
    classes?: number;
    hidden?: number[];
    seed?: number;
    arithmetic?: typeof engine;
  } = {},
): Promise<number> {
  const dataset = await session.loadDataset(syntheticRows(rows, features, classes));
  const view = await session.addView({ dataset, columns: identity(features) });
  await session.createModel({ network: mlpOf([features, ...hidden, classes]), seed, engine: arithmetic });
  await session.createOptimizer(articleAdamW);
  return view;
}
