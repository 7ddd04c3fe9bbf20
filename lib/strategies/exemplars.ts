import { PythonRandom } from '../benchmarks/python-random.js';
import type { MemoryConfig } from '../config/schema.js';
import { ClTorchError } from '../errors.js';

type Choice = Pick<MemoryConfig, 'memorySize' | 'memoryPer' | 'memorySelection' | 'seed'>;

/**
 * The rows of a task's training examples that the memory keeps, in ascending order: the same for the same seed and
 * task, others for another.
 *
 * @param labels - Class of every example.
 * @throws {ClTorchError} CONFIG_INVALID when there are fewer examples than the memory shall keep.
 */
export function chooseExemplars(config: Choice, labels: Uint8Array, task: number): Int32Array {
  const everyRow = Int32Array.from(labels.keys());
  if (config.memorySelection === 'all') return everyRow;
  const random = new PythonRandom(config.seed);
  for (let earlier = 0; earlier < task; ++earlier) random.getrandbits(32);
  const stream = new PythonRandom(random.getrandbits(32));
  const groups = config.memoryPer === 'class' ? byClass(labels) : [everyRow];
  return Int32Array.from(groups.flatMap((group) => draw(group, config, stream))).sort();
}

function draw(rows: Int32Array, { memorySize, memoryPer }: Choice, random: PythonRandom): number[] {
  if (memorySize > rows.length) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `memorySize (--memory-size) is ${memorySize}, but a ${memoryPer} has only ${rows.length} training examples. ` +
        'Make it smaller, or keep all with memorySelection "all".',
    );
  }
  const shuffled = rows.slice();
  random.shuffle(shuffled);
  return Array.from(shuffled.subarray(0, memorySize));
}

function byClass(labels: Uint8Array): Int32Array[] {
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  return classes.map((label) => Int32Array.from(labels.keys()).filter((row) => labels[row] === label));
}
