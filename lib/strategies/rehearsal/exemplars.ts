import { ClTorchError } from '../../base/errors.js';
import { PythonRandom } from '../../random/python-random.js';
import type { TrainingOptions } from '../../training/options.js';
import type { Labels, TaskContext } from '../../training/strategy.js';
import { herd } from './herding.js';
import type { KeptOptions } from './memory.js';

type Choice = KeptOptions & Pick<TrainingOptions, 'seed'>;

/**
 * The rows of a task's training examples that the memory keeps, in ascending order: the same for the same seed and
 * task, others for another. All there are where the memory could hold more.
 */
export function chooseExemplars(config: Choice, labels: Labels, task: number): Int32Array {
  if (config.memorySelection === 'all') return everyRow(labels);
  const stream = streamOf(config, task);
  const groups = groupsOf(labels, config);
  return Int32Array.from(groups.flatMap((group) => draw(group, config, stream))).sort();
}

/** The same by herding: those whose features' mean is nearest to that of their class, or of all the task's. */
export async function herdExemplars(
  config: Choice,
  { session, view, labels }: Pick<TaskContext, 'session' | 'view' | 'labels'>,
): Promise<Int32Array> {
  const chosen: number[] = [];
  for (const rows of groupsOf(labels, config)) {
    const { values, width } = await session.features({ view, rows });
    for (const index of herd(values, width, config.memorySize)) chosen.push(rows[index] as number);
  }
  return Int32Array.from(chosen).sort();
}

/** The random stream by which a task's examples are chosen. */
export function streamOf({ seed }: Pick<TrainingOptions, 'seed'>, task: number): PythonRandom {
  const random = new PythonRandom(seed);
  for (let earlier = 0; earlier < task; ++earlier) random.getrandbits(32);
  return new PythonRandom(random.getrandbits(32));
}

/**
 * Refuses a memory that could not be filled by one of the tasks.
 * @throws {ClTorchError} CONFIG_INVALID when there are fewer examples than the memory shall keep.
 */
export function requireExemplars(config: Choice, tasks: readonly { readonly labels: Labels }[]): void {
  const { memorySize, memoryPer, memorySelection } = config;
  if (memorySelection !== 'random' && memorySelection !== 'herding') return;
  const checked = new Set(tasks.map(({ labels }) => labels)); // tasks of a permuted data set share theirs
  for (const { length } of [...checked].flatMap((labels) => groupsOf(labels, config))) {
    if (memorySize <= length) continue;
    throw new ClTorchError(
      'CONFIG_INVALID',
      `memorySize (--memory-size) is ${memorySize}, but a ${memoryPer} has only ${length} training examples. ` +
        'Make it smaller, or keep all with memorySelection "all".',
    );
  }
}

/** All rows in ascending order. By a loop: an iterator takes long for millions of them. */
export function everyRow(labels: Labels): Int32Array {
  const rows = new Int32Array(labels.length);
  for (let row = 0; row < rows.length; ++row) rows[row] = row;
  return rows;
}

function draw(rows: Int32Array, { memorySize }: Choice, random: PythonRandom): number[] {
  const shuffled = rows.slice();
  random.shuffle(shuffled);
  return Array.from(shuffled.subarray(0, memorySize));
}

/** The rows that the memory's size counts for: those of each class, the lowest first, or all. */
function groupsOf(labels: Labels, { memoryPer }: Choice): Int32Array[] {
  if (memoryPer === 'task') return [everyRow(labels)];
  const rowsOf = new Map<number, number[]>();
  for (const [row, label] of labels.entries()) {
    const rows = rowsOf.get(label);
    if (rows) rows.push(row);
    else rowsOf.set(label, [row]);
  }
  const classes = [...rowsOf].sort(([a], [b]) => a - b);
  return classes.map(([, rows]) => Int32Array.from(rows));
}
