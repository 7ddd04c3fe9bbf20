import type { TargetLossInput } from '../../lib/session/objective-calls.js';

/** Rows of pixels with a label each. */
export interface Examples {
  readonly images: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
}

/**
 * Mean cross-entropy of a ReLU network, by the formula in float64.
 *
 * @param layers - Widths from the input to the output.
 * @param vector - weight0, bias0, weight1, bias1, …, flattened.
 */
export function meanLoss(layers: readonly number[], vector: readonly number[], data: Examples): number {
  const features = layers[0] ?? 0;
  let sum = 0;
  for (let row = 0; row < data.labels.length; ++row) {
    const pixels = Array.from({ length: features }, (_, k) => (data.images[row * features + k] ?? 0) / 255);
    const scores = outputs(layers, vector, pixels);
    const highest = Math.max(...scores);
    const total = scores.reduce((all, score) => all + Math.exp(score - highest), 0);
    sum += highest + Math.log(total) - (scores[data.labels[row] ?? -1] ?? Number.NaN);
  }
  return sum / data.labels.length;
}

/** A loss of a network's outputs against those that it had with other parameters, `teacher`, by the formula in float64. */
export function targetLoss(
  target: TargetLossInput,
  layers: readonly number[],
  vector: readonly number[],
  teacher: readonly number[],
  data: Examples,
): number {
  const features = layers[0] ?? 0;
  const all = { begin: 0, end: layers.at(-1) ?? 0 };
  const { begin, end } = target.classes ?? all;
  const known = target.known ?? target.classes ?? all;
  const temperature = target.temperature ?? 1;
  let sum = 0;
  for (let row = 0; row < data.labels.length; ++row) {
    const pixels = Array.from({ length: features }, (_, k) => (data.images[row * features + k] ?? 0) / 255);
    const scores = outputs(layers, vector, pixels);
    const stored = outputs(layers, teacher, pixels);
    if (target.kind === 'squared') {
      const squares = scores.slice(begin, end).map((z, k) => (z - (stored[begin + k] ?? 0)) ** 2);
      const total = squares.reduce((left, right) => left + right, 0);
      sum += target.reduction === 'sum' ? total : total / squares.length;
    } else {
      const q = softmax(scores.slice(begin, end), temperature);
      const p = softmax(stored.slice(known.begin, known.end), temperature);
      const cross = p.reduce(
        (left, share, k) => left - share * Math.log(q[known.begin - begin + k] ?? Number.NaN),
        0,
      );
      sum += target.scaled ? cross * temperature ** 2 : cross;
    }
  }
  return sum / data.labels.length;
}

function softmax(scores: readonly number[], temperature: number): number[] {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp((score - highest) / temperature));
  const total = powers.reduce((left, right) => left + right, 0);
  return powers.map((power) => power / total);
}

/** The last layer's outputs for one row of inputs. */
export function outputs(
  layers: readonly number[],
  vector: readonly number[],
  pixels: readonly number[],
): number[] {
  let values = [...pixels];
  let offset = 0;
  for (const [layer, width] of layers.slice(1).entries()) {
    const input = layer === 0 ? values : values.map((value) => Math.max(0, value));
    const bias = offset + width * input.length;
    values = Array.from({ length: width }, (_, unit) =>
      input.reduce(
        (sum, value, k) => sum + value * (vector[offset + unit * input.length + k] ?? Number.NaN),
        vector[bias + unit] ?? Number.NaN,
      ),
    );
    offset = bias + width;
  }
  return values;
}
