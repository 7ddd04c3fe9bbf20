import type { BenchmarkData, BenchmarkDefinition, TaskPlan, TasksOption } from './define.js';

/**
 * The tasks that a run learns: of the benchmark's stream those after the first `skipTasks`. Their classes are numbered from 0
 * on, as if there had been none before them.
 */
export function streamOf<Options extends TasksOption & { readonly skipTasks: number }>(
  benchmark: Pick<BenchmarkDefinition, 'plan'>,
  options: Options,
  data: BenchmarkData,
): readonly TaskPlan[] {
  const { tasks, skipTasks } = options;
  if (skipTasks === 0) return benchmark.plan(options, data);
  const left = benchmark.plan({ ...options, tasks: tasks + skipTasks }, data).slice(skipTasks);
  const firsts = left.flatMap(({ classes }) => (classes ? [classes.first] : []));
  const first = firsts.length === left.length ? Math.min(...firsts) : 0;
  return first === 0 ? left : left.map((task) => movedBack(task, first, data.classes));
}

function movedBack(task: TaskPlan, by: number, classes: number): TaskPlan {
  const labels = task.labels ?? Int32Array.from({ length: classes }, (_, label) => label);
  return {
    ...task,
    ...(task.classes ? { classes: { ...task.classes, first: task.classes.first - by } } : {}),
    labels: labels.map((label) => (label < by ? -1 : label - by)),
  };
}
