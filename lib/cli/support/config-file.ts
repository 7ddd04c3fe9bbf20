import { ClTorchError, fileTrouble } from '../../base/errors.js';
import { readJson } from '../../files/index.js';

/** The object in a `--config` file. Throws CONFIG_INVALID when it cannot be read or holds no JSON object. */
export async function readConfigFile(file: string): Promise<object> {
  try {
    const value = await readJson(file);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw refused(file, fileTrouble(error), error);
  }
  throw refused(file, 'it holds no JSON object');
}

function refused(file: string, reason: string, cause?: unknown): ClTorchError {
  return new ClTorchError(
    'CONFIG_INVALID',
    `The configuration file '${file}' cannot be used: ${reason}. ` +
      'It must be a JSON object such as { "tasks": 3, "hidden": [100] }.',
    { cause },
  );
}
