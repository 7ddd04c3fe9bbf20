import { readFileSync } from 'node:fs';
import { Session } from '../../lib/session/session.js';
import { mlpOf } from './network.js';
import { identity } from './synthetic.js';
import type { Arithmetic } from './trainings.js';

export interface Network {
  readonly layers: number[];
  readonly parameters: number[][];
  readonly images: number[];
  readonly labels: number[];
  readonly batches: readonly Expectation[];
}

/** The loss and the gradient of the first rows. */
export interface Expectation {
  readonly rows: number;
  readonly loss: number;
  readonly gradient: number[][];
}

/** Recorded by test/reference/make_gradients.py: float64 autograd. */
export const networks = JSON.parse(
  readFileSync(new URL('../fixtures/gradients.json', import.meta.url), 'utf8'),
) as readonly Network[];

export async function openNetwork(
  network: Network,
  arithmetic: Arithmetic,
  { device = 'cpu', threads = 1 }: { device?: string; threads?: number } = {},
): Promise<{ session: Session; view: number }> {
  const session = await Session.open({ device, threads });
  const [features = 0] = network.layers;
  const dataset = await session.loadDataset({
    images: Uint8Array.from(network.images),
    labels: Uint8Array.from(network.labels),
    features,
  });
  const view = await session.addView({ dataset, columns: identity(features) });
  await session.createModel({ network: mlpOf(network.layers), seed: 1, ...arithmetic });
  await session.setParameters(network.parameters.map((values) => Float32Array.from(values)));
  return { session, view };
}

/**
 * How far a session's loss and gradient are from the recorded ones.
 * @returns the loss's relative error, and the largest error of a gradient's element as a multiple of
 * `tolerance * |element| + floor * (largest element of its tensor)`: above 1 it is too far.
 */
export async function gradientError(
  session: Session,
  view: number,
  { rows, loss, gradient }: Expectation,
  { tolerance, floor }: { tolerance: number; floor: number },
): Promise<{ loss: number; gradient: number }> {
  const found = await session.gradient({ view, rows: identity(rows) });
  const tensors = await session.vectors.get('gradient');
  const errors = gradient.flatMap((expected, i) => {
    const actual = tensors[i]?.data ?? new Float32Array();
    if (actual.length !== expected.length) return [Number.NaN];
    const scale = Math.max(...expected.map(Math.abs));
    return expected.map((value, k) => {
      const error = Math.abs((actual[k] ?? Number.NaN) - value);
      return error / (tolerance * Math.abs(value) + floor * scale || Number.MIN_VALUE);
    });
  });
  return { loss: Math.abs(found / loss - 1), gradient: Math.max(...errors) };
}
