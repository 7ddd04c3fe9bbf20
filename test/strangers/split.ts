// A stranger's benchmark, in one file: each task has the images of some classes.
import {
  type BenchmarkDefinition,
  defineBenchmark,
  type Labels,
  option,
  type TasksOption,
} from '../../lib/index.js';

interface SplitOptions extends TasksOption {
  readonly classesPerTask: number;
}

export const split: BenchmarkDefinition<SplitOptions> = defineBenchmark({
  name: 'classes-in-turn',
  title: 'each task has the images of classes of its own',
  scenarios: ['class'],
  options: {
    tasks: option.tasks(5, 5),
    classesPerTask: option.withDefault(option.integer(1, 10), 2, 'classes of a task'),
  },
  plan: ({ tasks, classesPerTask: count }, { features, trainLabels, testLabels }) => {
    const columns = Int32Array.from({ length: features }, (_, column) => column);
    const rowsOf = (labels: Labels, first: number): Int32Array =>
      Int32Array.from(
        [...labels.keys()].filter((row) => Math.floor((labels[row] ?? 0) / count) === first / count),
      );
    return Array.from({ length: tasks }, (_, task) => ({
      train: { columns, rows: rowsOf(trainLabels, task * count) },
      test: { columns, rows: rowsOf(testLabels, task * count) },
      classes: { first: task * count, count },
    }));
  },
});
