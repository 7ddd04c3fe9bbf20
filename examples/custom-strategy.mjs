// A strategy composed from the parts of the built-in ones, beside the one that it varies (docs/strategies.md).
// Usage: node examples/custom-strategy.mjs [TASKS] [EPOCHS], such as `5 2`
import { lfdOptions, memoryOptions, moveToEquilibriumPoint, remember, runExperiment } from 'cl-torch';

const [tasks = '5', epochs = '2'] = process.argv.slice(2);

/** Rehearsal that ends each task at the equilibrium point, without a direction. */
const rehearseAndBalance = {
  name: 'er+ep',
  options: { ...lfdOptions, ...memoryOptions({ rehearsal: 64 }) },
  create: (config) => ({
    rehearsal: config.rehearsal,
    async beforeTask({ session }) {
      await session.vectors.copy('parameters', 'anchor'); // where the equilibrium point's line begins
    },
    async afterTask(context) {
      await remember(config, context);
      if (context.task > 0) await moveToEquilibriumPoint(config, context);
    },
  }),
};

for (const strategy of ['er', rehearseAndBalance]) {
  const result = await runExperiment({
    strategy,
    tasks: Number(tasks),
    epochs: Number(epochs),
    hidden: [100, 100],
  });
  const row = result.accuracy.at(-1).map((value) => value.toFixed(2));
  const mean = result.taskMeans.at(-1).toFixed(2);
  console.log(`${result.strategy}: after the last task [${row.join(', ')}] %, mean ${mean} %`);
}
