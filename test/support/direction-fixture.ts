import { readFileSync } from 'node:fs';
import { Session } from '../../lib/session/session.js';
import { engine } from './engine.js';
import { mlpOf } from './network.js';
import { identity } from './synthetic.js';
import { split } from './vectors.js';

export interface DirectionVariant {
  readonly start: number[];
  readonly objectiveAtStart: number;
  readonly gradientAtStart: { readonly autograd: number[]; readonly centralDifferences: number[] };
  readonly float64: { iterations: number; objective: number; nu: number[] }[];
  readonly float32: { iterations: number; objective: number; nu: number[] }[];
}

interface Fixture {
  readonly layers: number[];
  readonly images: number[];
  readonly labels: number[];
  readonly direction: {
    readonly iterations: number;
    readonly learningRate: number;
    readonly momentum: number;
    readonly radius: number;
    readonly ratios: number[];
    readonly parameters: number[];
    readonly global: DirectionVariant;
    readonly perTensor: DirectionVariant;
  };
  readonly equilibrium: {
    readonly iterations: number;
    readonly learningRate: number;
    readonly gradientClip: number;
    readonly startLambda: number;
    readonly before: number[];
    readonly after: number[];
    readonly derivatives: { lambda: number; loss: number; derivative: number }[];
    readonly lambdas: number[];
  };
}

/** A 6-5-3 network and 11 examples, recorded by test/reference/make_direction.py. */
export const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../fixtures/direction.json', import.meta.url), 'utf8'),
) as Fixture;

/** Lengths of the network's tensors. */
export const LENGTHS: readonly number[] = [30, 5, 15, 3];

/** A session whose model has these parameters and whose memory holds all the examples. */
export async function fixtureSession(parameters: readonly number[]): Promise<Session> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  const { layers, images, labels } = fixture;
  const dataset = await session.loadDataset({
    images: Uint8Array.from(images),
    labels: Uint8Array.from(labels),
    features: 6,
  });
  const view = await session.addView({ dataset, columns: identity(6) });
  await session.createModel({ network: mlpOf(layers), seed: 1, engine });
  await session.setParameters(split(parameters, LENGTHS));
  await session.addMemory({ view, rows: identity(labels.length) });
  return session;
}
