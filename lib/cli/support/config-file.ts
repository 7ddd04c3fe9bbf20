import { readFile } from 'node:fs/promises';
import { parse, YAMLParseError } from 'yaml';
import { ClTorchError, fileTrouble } from '../../base/errors.js';
import { readJson } from '../../files/index.js';

/** The object in a file of options, as JSON or YAML. Throws CONFIG_INVALID when it cannot be read or holds no such object. */
export async function readConfigFile(file: string): Promise<object> {
  let value: unknown;
  try {
    value = isYaml(file) ? parse(await readFile(file, 'utf8')) : await readJson(file);
  } catch (error) {
    throw refused(file, error instanceof YAMLParseError ? withoutPicture(error) : fileTrouble(error), error);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw refused(file, isYaml(file) ? 'it holds no names with values' : 'it holds no JSON object');
}

function isYaml(file: string): boolean {
  return /\.ya?ml$/i.test(file);
}

/** Its message ends in a picture of the line. */
function withoutPicture({ message }: YAMLParseError): string {
  return (message.split('\n')[0] ?? '').replace(/:$/, '');
}

function refused(file: string, reason: string, cause?: unknown): ClTorchError {
  const form = isYaml(file)
    ? 'It must have an option and its value in each line, such as "tasks: 3".'
    : 'It must be a JSON object such as { "tasks": 3, "hidden": [100] }.';
  return new ClTorchError(
    'CONFIG_INVALID',
    `The configuration file '${file}' cannot be used: ${reason}. ${form}`,
    {
      cause,
    },
  );
}
