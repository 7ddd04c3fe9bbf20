import { describeStrategy, strategiesText } from '../../report/text/strategies.js';
import { strategies } from '../../strategies/index.js';

/** `cl-torch strategies`. Returns the exit code. */
export function listStrategies({ json }: { readonly json?: true }): number {
  const text = json ? JSON.stringify(strategies.map(describeStrategy), null, 2) : strategiesText(strategies);
  process.stdout.write(`${text}\n`);
  return 0;
}
