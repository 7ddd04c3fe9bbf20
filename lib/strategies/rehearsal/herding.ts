/**
 * Herding (Welling, 2009; iCaRL: Rebuffi et al., 2017): of rows of features, each scaled to length 1, takes one after the other
 * so that the mean of those taken stays as near to the mean of all as it can be.
 * @param features - `rows × width`, row-major.
 * @param count - How many are taken; all where there are no more.
 * @returns Rows, in the order in which they are taken; of several that are as good the first.
 */
export function herd(features: Float32Array, width: number, count: number): Int32Array {
  const rows = features.length / width;
  const unit = unitRows(features, width);
  const mean = new Float64Array(width);
  for (let at = 0; at < unit.length; ++at)
    mean[at % width] = (mean[at % width] ?? 0) + (unit[at] ?? 0) / rows;
  const sum = new Float64Array(width);
  const wanted = new Float64Array(width);
  const isTaken = new Uint8Array(rows);
  const taken = new Int32Array(Math.min(count, rows));
  for (let k = 0; k < taken.length; ++k) {
    // |mean - (sum + x) / (k + 1)| is least where x is nearest to (k + 1) mean - sum.
    for (let i = 0; i < width; ++i) wanted[i] = (k + 1) * (mean[i] ?? 0) - (sum[i] ?? 0);
    const row = nearest(unit, width, wanted, isTaken);
    taken[k] = row;
    isTaken[row] = 1;
    for (let i = 0; i < width; ++i) sum[i] = (sum[i] ?? 0) + (unit[row * width + i] ?? 0);
  }
  return taken;
}

/** The rows, each scaled to length 1. */
export function unitRows(features: Float32Array | Float64Array, width: number): Float64Array {
  const unit = Float64Array.from(features);
  for (let begin = 0; begin < unit.length; begin += width) {
    const row = unit.subarray(begin, begin + width);
    let square = 0;
    for (const value of row) square += value * value;
    const length = Math.sqrt(square) || 1; // a row of zeros stays one
    for (const [i, value] of row.entries()) row[i] = value / length;
  }
  return unit;
}

/** Of the rows that are not taken, the one at the least distance from a point. */
function nearest(unit: Float64Array, width: number, point: Float64Array, isTaken: Uint8Array): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let row = 0; row < isTaken.length; ++row) {
    if (isTaken[row] === 1) continue;
    let distance = 0;
    for (let i = 0; i < width; ++i) {
      const apart = (unit[row * width + i] ?? 0) - (point[i] ?? 0);
      distance += apart * apart;
    }
    if (distance < least) [best, least] = [row, distance];
  }
  return best;
}
