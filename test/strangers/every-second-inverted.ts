// A stranger's benchmark, in one file: every second task shows the images with black and white exchanged.
import { type BenchmarkDefinition, defineBenchmark, option, type TasksOption } from '../../lib/index.js';

const inverted = Uint8Array.from({ length: 256 }, (_, byte) => 255 - byte);

export const everySecondInverted: BenchmarkDefinition<TasksOption> = defineBenchmark({
  name: 'every-second-inverted',
  title: 'every second task exchanges black and white',
  scenarios: ['domain'],
  options: { tasks: option.tasks(4) },
  plan: ({ tasks }, { features }) => {
    const columns = Int32Array.from({ length: features }, (_, column) => column);
    return Array.from({ length: tasks }, (_, task) => {
      const shown = task % 2 === 0 ? { columns } : { columns, levels: inverted };
      return { train: shown, test: shown };
    });
  },
});
