import type { Session } from '../../session/session.js';
import type { Labels } from '../../training/strategy.js';
import { unitRows } from './herding.js';

/** What a class without an example says instead of a similarity. */
const NEVER = -1e30;

/**
 * Makes the last layer one that classifies by the nearest mean of the memory's examples (Mensink et al., 2013; Rebuffi et al.,
 * 2017): its weights are the classes' means of unit features, scaled to length 1. Of unit vectors the nearest is the one with the
 * largest product, and the length of an example's own feature changes no order, so that it need not be scaled.
 */
export async function classifyByMeans(session: Session): Promise<void> {
  const labels = await session.memoryLabels();
  const { values, width } = await session.memoryFeatures(Int32Array.from(labels.keys()));
  const parameters = await session.parameters();
  const weight = parameters.findLastIndex(({ shape }) => shape.length === 2);
  const tensors = parameters.map(({ data }) => data);
  const classes = parameters[weight]?.shape[0] ?? 0;
  tensors[weight] = meansOf(values, width, labels, classes);
  const isSeen = new Set(labels);
  if (weight + 1 < tensors.length) {
    tensors[weight + 1] = Float32Array.from({ length: classes }, (_, own) => (isSeen.has(own) ? 0 : NEVER));
  }
  await session.setParameters(tensors);
}

/**
 * The mean of each class's features, each scaled to length 1, and the mean as well.
 * @param features - `labels.length × width`, row-major.
 * @returns `classes × width`, row-major; zeros where a class has no example.
 */
export function meansOf(
  features: Float32Array,
  width: number,
  labels: Labels,
  classes: number,
): Float32Array {
  const unit = unitRows(features, width);
  const sums = new Float64Array(classes * width);
  for (const [row, label] of labels.entries()) {
    for (let i = 0; i < width; ++i) {
      sums[label * width + i] = (sums[label * width + i] ?? 0) + (unit[row * width + i] ?? 0);
    }
  }
  return Float32Array.from(unitRows(sums, width));
}
