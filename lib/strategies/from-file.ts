import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ClTorchError, codeOf, messageOf } from '../base/errors.js';
import { type CustomStrategy, readDefinition } from './custom.js';

/**
 * The custom strategy that a module has as its default export, or as its export `strategy` (docs/strategies.md). The module
 * runs: it is code, to be trusted as such. TypeScript is read where Node strips types (22.18 and newer).
 *
 * @param file - Path of a JavaScript or TypeScript module, relative to the working directory.
 * @throws {ClTorchError} CONFIG_INVALID, naming the file, when it cannot be loaded or its export is no strategy.
 */
export async function loadStrategyFile(file: string): Promise<CustomStrategy> {
  const path = resolve(file);
  await requireFile(file, path);
  const module = await importModule(file, path);
  const found = definitionIn(module.default) ?? definitionIn(module.strategy);
  if (found === undefined) throw refused(file, whyNone(module));
  try {
    return readDefinition(found);
  } catch (error) {
    throw refused(file, messageOf(error), error);
  }
}

async function requireFile(file: string, path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw refused(file, messageOf(error), error);
  });
  if (!found.isFile()) throw refused(file, 'it is no file');
}

type Module = Readonly<Record<string, unknown>>;

async function importModule(file: string, path: string): Promise<Module> {
  // A module that waits for what never comes would let the process end without a word.
  let endless = (): void => {};
  const idle = new Promise<never>((_, reject) => {
    endless = () => reject(new Error('its top-level await waits for something that never comes'));
  });
  process.once('beforeExit', endless);
  try {
    return await Promise.race([import(pathToFileURL(path).href) as Promise<Module>, idle]);
  } catch (error) {
    throw refused(file, `it cannot be loaded: ${remedyFor(error) ?? messageOf(error)}`, error);
  } finally {
    process.off('beforeExit', endless);
  }
}

function remedyFor(error: unknown): string | undefined {
  const code = codeOf(error);
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[mc]?tsx?\b/.test(messageOf(error))) {
    return `Node ${process.versions.node} reads no TypeScript. Use Node 22.18 or newer, or compile it to JavaScript`;
  }
  if (code === 'ERR_MODULE_NOT_FOUND' && /package 'cl-torch'/.test(messageOf(error))) {
    return `${messageOf(error)}. Install it where the file is: npm install cl-torch`;
  }
  return undefined;
}

/** Also what CommonJS exports: `module.exports = { strategy }`. */
function definitionIn(value: unknown): CustomStrategy | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('name' in value || 'create' in value || 'optionsOf' in value) return value as CustomStrategy;
  return 'strategy' in value ? definitionIn(value.strategy) : undefined;
}

function whyNone(module: Module): string {
  const names = Object.keys(module).filter((name) => name !== 'module.exports');
  const exported = names.length === 0 ? 'nothing' : names.join(', ');
  const detail = typeof module.default === 'function' ? ' The default export is a function.' : '';
  return `it exports ${exported}, and no strategy: its default export must be an object with name, optionsOf and create.${detail}`;
}

function refused(file: string, reason: string, cause?: unknown): ClTorchError {
  const end = /[.)]$/.test(reason) ? '' : '.';
  return new ClTorchError(
    'CONFIG_INVALID',
    `The strategy file '${file}' cannot be used: ${reason}${end} See "From a file" in docs/strategies.md.`,
    cause === undefined ? undefined : { cause },
  );
}
