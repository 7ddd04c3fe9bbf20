// A process that measures epochs and prints them. Usage: node child.js CONFIG_JSON
import { measureEpochs } from './epoch.js';

process.stdout.write(JSON.stringify(await measureEpochs(JSON.parse(process.argv[2] ?? '{}') as object)));
