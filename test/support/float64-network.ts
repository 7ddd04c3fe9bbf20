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
