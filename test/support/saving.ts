import type { NamedTensor } from '../../binding.js';
import { loadModel } from '../../lib/checkpoint/model-file.js';

/** The weights of a network of one layer, all of them `value`; `size` inputs make the file larger. */
export function weightsOf(value: number, size: number = 4): NamedTensor[] {
  return [
    { name: 'layers.0.weight', shape: [2, size], data: new Float32Array(2 * size).fill(value) },
    { name: 'layers.0.bias', shape: [2], data: new Float32Array(2).fill(value) },
  ];
}

/** The one value that all weights in the file have; throws when the file is torn. */
export async function valueIn(path: string): Promise<number> {
  const { parameters } = await loadModel(path);
  const values = new Set(parameters.flatMap(({ data }) => Array.from(data)));
  const [value, ...others] = values;
  if (value === undefined || others.length > 0) throw new Error(`'${path}' is a mixture of ${[...values]}`);
  return value;
}
