import { bench } from '../../speed/index.js';
import { benchTables } from '../../speed/table.js';
import type { BenchOptions } from '../../speed/types.js';
import { Interruption } from '../support/interruption.js';

/** `cl-torch bench`. Returns the exit code. */
export async function runBench(options: BenchOptions, json: boolean): Promise<number> {
  using interruption = new Interruption();
  const onTurn = (name: string, repeat: number, repeats: number): void => {
    process.stderr.write(`${repeat + 1}/${repeats} ${name}\n`);
  };
  try {
    const report = await bench(options, { signal: interruption.signal, onTurn });
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : benchTables(report)}\n`);
    return 0;
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
    return interruption.exitCode;
  }
}
