// A process that measures epochs of a network and prints them. Usage: node network-child.js MEASURED_NETWORK_JSON
import { measureNetwork } from './network.js';
import type { MeasuredNetwork } from './types.js';

process.stdout.write(
  JSON.stringify(await measureNetwork(JSON.parse(process.argv[2] ?? '{}') as MeasuredNetwork)),
);
