import { refused } from '../../sweep/plan/refused.js';
import { type AskedSweep, readSweep, type SweepInput } from '../../sweep/plan/request.js';
import { readConfigFile } from './config-file.js';

/**
 * Reads the file of a sweep, if there is one, and the flags, which go before it.
 * @throws {ClTorchError} CONFIG_INVALID when it cannot be read; the check of the sweep itself comes later.
 */
export async function readSweepRequest(
  file: string | undefined,
  { set, ...given }: Readonly<Record<string, unknown>>,
): Promise<AskedSweep> {
  const { sweep, ...found }: SweepInput = file === undefined ? {} : { ...(await readConfigFile(file)) };
  const axes = valuesOf(set as readonly string[]);
  const isObject = typeof sweep === 'object' && sweep !== null && !Array.isArray(sweep);
  const fromFile = isObject ? without(sweep, Object.keys(given)) : (sweep ?? {});
  return readSweep({
    ...without(found, Object.keys(axes)),
    ...given,
    sweep: isObject || sweep === undefined ? { ...fromFile, ...axes } : sweep,
  });
}

/** `learningRate=1e-3,1e-4`; the flag's spelling is understood as well. */
function valuesOf(texts: readonly string[]): Record<string, string> {
  const pairs = texts.map((text): [string, string] => {
    const [, name, values] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || values === undefined) {
      throw refused(
        `--set takes an option's name and its values, such as learningRate=1e-4,1e-3, found '${text}'`,
      );
    }
    return [camelCased(name.replace(/^--/, '')), values];
  });
  const twice = pairs.find(([name], i) => pairs.findIndex(([other]) => other === name) < i);
  if (twice) throw refused(`--set names ${twice[0]} twice; give all of its values at once: ${twice[0]}=A,B`);
  return Object.fromEntries(pairs);
}

function camelCased(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function without(all: object, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => !keys.includes(key)));
}
