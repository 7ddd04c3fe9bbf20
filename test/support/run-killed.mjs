// A run that is meant to be killed: prints a line when it starts. Usage: node run-killed.mjs CONFIG_JSON
import { runExperiment } from '../../dist/index.js';

const onEvent = ({ type }) => {
  if (type === 'start') process.stdout.write('started\n');
};
await runExperiment(JSON.parse(process.argv[2]), { onEvent });
