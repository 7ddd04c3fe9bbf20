// Runs an experiment and prints its accuracies and step losses: for tests that need a process of its own, because
// MKL and LibTorch read MKL_CBWR and ATEN_CPU_CAPABILITY when they load. Usage: node run-experiment.mjs CONFIG_JSON
import { runExperiment } from '../../dist/index.js';

const losses = [];
const result = await runExperiment(JSON.parse(process.argv[2]), {
  onEvent: (event) => {
    if (event.type === 'epoch') losses.push(...event.stepLosses);
  },
});
process.stdout.write(JSON.stringify({ environment: result.environment, accuracy: result.accuracy, losses }));
