// A custom benchmark in ten lines: each task has two digits, and every second one shows them upside down.
// Usage: node examples/custom-benchmark.mjs [STRATEGY…]
import { defineBenchmark, option, runExperiment } from 'cl-torch';

const upsideDownPairs = defineBenchmark({
  name: 'upside-down-pairs',
  scenarios: ['class', 'task'],
  datasets: ['digits'],
  options: { tasks: option.tasks(5, 5) },
  plan: ({ tasks }, { features, trainLabels, testLabels }) =>
    Array.from({ length: tasks }, (_, task) => {
      const columns = Int32Array.from({ length: features }, (_, k) => (task % 2 ? features - 1 - k : k));
      const rowsOf = (labels) =>
        Int32Array.from([...labels.keys()].filter((row) => labels[row] >> 1 === task));
      const [train, test] = [trainLabels, testLabels].map((labels) => ({ columns, rows: rowsOf(labels) }));
      return { train, test, classes: { first: 2 * task, count: 2 } };
    }),
});

const strategies = process.argv.length > 2 ? process.argv.slice(2) : ['baseline', 'er', 'joint'];
for (const strategy of strategies) {
  const { accuracy, accuracyTaskAware } = await runExperiment({
    strategy,
    benchmark: upsideDownPairs,
    epochs: 20,
    batchSize: 32,
    hidden: [100],
  });
  const [last, aware] = [accuracy, accuracyTaskAware].map((rows) => rows.at(-1));
  const mean = (row) => (row.reduce((sum, value) => sum + value, 0) / row.length).toFixed(2);
  console.log(`${strategy}: ${mean(last)} % of all tasks after the last one; told the task ${mean(aware)} %`);
}
