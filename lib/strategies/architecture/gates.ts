import type { NamedTensor } from '../../../binding.js';
import { layerOf } from '../../base/name-patterns.js';
import { PythonRandom } from '../../random/python-random.js';

/**
 * Which weights a task's part of the network has: 1 or 0 for each weight, tensor by tensor. Of each hidden linear layer some
 * units, drawn anew for each task, have no weights and no bias, and nothing of a normalisation after it, so that what
 * leaves them is 0. Convolutions and the output layer have all of theirs.
 * @param gated - Share of a layer's units that are off, rounded down to units.
 */
export function drawGates(
  parameters: readonly NamedTensor[],
  { gated, seed, task }: { readonly gated: number; readonly seed: number; readonly task: number },
): Float32Array[] {
  const stream = streamOf(seed, task);
  const output = layerOf(parameters.at(-1)?.name ?? '');
  let off: Int32Array | undefined;
  return parameters.map(({ name, shape, data }) => {
    const units = shape[0] ?? 0;
    if (shape.length > 1) {
      const isHidden = shape.length === 2 && layerOf(name) !== output;
      off = isHidden ? drawn(units, Math.floor(gated * units), stream) : undefined;
    }
    const open = new Float32Array(data.length).fill(1);
    const width = data.length / units;
    for (const unit of off ?? []) open.fill(0, unit * width, (unit + 1) * width);
    return open;
  });
}

/** Of so many units these are off. */
function drawn(units: number, off: number, stream: PythonRandom): Int32Array {
  const order = Int32Array.from({ length: units }, (_, unit) => unit);
  stream.shuffle(order);
  return order.subarray(0, off);
}

/** Random numbers of a task, the same for the same seed. */
export function streamOf(seed: number, task: number): PythonRandom {
  const seeds = new PythonRandom(seed);
  for (let earlier = 0; earlier < task; ++earlier) seeds.getrandbits(32);
  return new PythonRandom(seeds.getrandbits(32));
}
