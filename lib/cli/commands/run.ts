import { parseConfig } from '../../config/parse.js';
import { runExperiment } from '../../experiment/index.js';
import { readConfigFile } from '../config-file.js';
import { Interruption } from '../interruption.js';
import { RunOutput } from '../run-output.js';

/** `cl-torch run`. Returns the exit code. */
export async function runStrategy(strategy: string, flags: Record<string, unknown>): Promise<number> {
  const { config: file, json, quiet, ...options } = flags;
  const base = typeof file === 'string' ? await readConfigFile(file) : {};
  const config = parseConfig({ ...base, ...options, strategy });
  using interruption = new Interruption();
  const output = new RunOutput({ json: json === true, quiet: quiet === true });
  try {
    const onEvent = output.event.bind(output);
    output.finished(await runExperiment(config, { signal: interruption.signal, onEvent }));
    return 0;
  } catch (error) {
    const { exitCode } = interruption;
    output.stopped(exitCode === undefined ? 'Stopped' : 'Interrupted');
    if (exitCode === undefined) throw error;
    return exitCode;
  }
}
