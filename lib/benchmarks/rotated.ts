import { z } from 'zod';
import { ClTorchError } from '../base/errors.js';
import { positive, seed } from '../options/kinds.js';
import { inGroup, type Kind, type OptionSchemas, withDefault } from '../options/option.js';
import { PythonRandom } from '../random/python-random.js';
import type { BenchmarkDefinition, TasksOption } from './define.js';
import { rotation } from './rotation.js';
import { tasksOption } from './tasks.js';

export interface RotatedOptions extends TasksOption {
  /** Each task's angle: drawn from the range, in even steps through it from 0 on, or given in degrees, counter-clockwise. Default drawn. */
  readonly angles: 'drawn' | 'even' | readonly number[];
  /** Degrees below which drawn angles and even steps are. Default 180. */
  readonly angleRange: number;
  /** Seed of the drawn angles, as Python's random.seed. Default 2024. */
  readonly angleSeed: number;
}

const degrees = z.number().min(-360).max(360);
const angles: Kind<RotatedOptions['angles']> = {
  schema: z.union([z.literal(['drawn', 'even']), z.array(degrees).min(1).max(1000)]),
  expected: 'drawn, even or a number of degrees for each task, from -360 to 360',
  form: 'word or numbers',
  placeholder: 'X,X,…',
};

const options: OptionSchemas<RotatedOptions> = inGroup('Tasks and data', {
  tasks: tasksOption(20),
  angles: withDefault(
    angles,
    'drawn',
    "each task's angle: drawn from the range, in even steps through it from 0 on, or given in degrees, counter-clockwise",
  ),
  angleRange: withDefault(positive, 180, 'degrees below which drawn angles and even steps are'),
  angleSeed: withDefault(seed, 2024, "seed of the drawn angles, as Python's random.seed"),
});

/** Every task turns the images of the same data set by an angle of its own, the same one for training and test. */
export const rotated: BenchmarkDefinition<RotatedOptions, 'rotated'> = {
  name: 'rotated',
  title: 'each task turns the images of any data set by its own angle',
  source: 'Lopez-Paz and Ranzato, Gradient episodic memory for continual learning, 2017',
  scenarios: ['domain', 'task', 'class'],
  options,
  plan: (config, { input }) =>
    anglesOf(config).map((angle) => {
      const shown = { columns: rotation(input, angle) };
      return { train: shown, test: shown };
    }),
};

export const rotatedMnist: BenchmarkDefinition<RotatedOptions, 'rotated-mnist'> = {
  ...rotated,
  name: 'rotated-mnist',
  title: 'each task turns the digits by its own angle',
  datasets: ['mnist'],
};

/** Degrees, task by task. */
export function anglesOf({ tasks, angles, angleRange, angleSeed }: RotatedOptions): readonly number[] {
  if (angles === 'even') return Array.from({ length: tasks }, (_, task) => (task * angleRange) / tasks);
  if (angles === 'drawn') {
    const random = new PythonRandom(angleSeed);
    return Array.from({ length: tasks }, () => random.random() * angleRange);
  }
  if (angles.length === tasks) return angles;
  throw new ClTorchError(
    'CONFIG_INVALID',
    `angles (--angles) has ${angles.length} of them, and there are ${tasks} tasks (--tasks). Give one for each task.`,
  );
}
