import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ClTorchError, codeOf, fileTrouble, messageOf } from '../base/errors.js';
import type { BenchmarkDefinition } from '../benchmarks/define.js';
import { readBenchmark } from '../benchmarks/read.js';
import { readStrategy } from '../strategies/read.js';
import type { StrategyDefinition } from '../training/definition.js';

/** What a file may define, in words. */
interface Word {
  readonly word: 'strategy' | 'benchmark';
  /** Parts that every such definition has. */
  readonly parts: readonly string[];
}

interface Kind<Definition> extends Word {
  readonly read: (found: Definition) => Definition;
}

const strategyKind: Kind<StrategyDefinition> = {
  word: 'strategy',
  parts: ['name', 'create'],
  read: readStrategy,
};
const benchmarkKind: Kind<BenchmarkDefinition> = {
  word: 'benchmark',
  parts: ['name', 'plan'],
  read: readBenchmark,
};

/**
 * The custom strategy that a module has as its default export, or as its export `strategy` (docs/strategies.md). The module
 * runs: it is code, to be trusted as such. TypeScript is read where Node strips types (22.18 and newer).
 *
 * @param file - Path of a JavaScript or TypeScript module, relative to the working directory.
 * @throws {ClTorchError} CONFIG_INVALID, naming the file, when it cannot be loaded or its export is no strategy.
 */
export function loadStrategyFile(file: string): Promise<StrategyDefinition> {
  return load(file, strategyKind);
}

/** The same with a custom benchmark (docs/benchmarks.md). */
export function loadBenchmarkFile(file: string): Promise<BenchmarkDefinition> {
  return load(file, benchmarkKind);
}

/** Whether a word names a file rather than an entry of a registry. */
export function isFileName(word: string): boolean {
  return /[/\\]|\.[cm]?[jt]sx?$/.test(word);
}

async function load<Definition>(file: string, kind: Kind<Definition>): Promise<Definition> {
  const path = resolve(file);
  await requireFile(file, path, kind);
  const module = await importModule(file, path, kind);
  const found = definitionIn(module.default, kind) ?? definitionIn(module[kind.word], kind);
  if (found === undefined) throw refused(file, whyNone(module, kind), kind);
  try {
    return kind.read(found);
  } catch (error) {
    throw refused(file, messageOf(error), kind, error);
  }
}

async function requireFile(file: string, path: string, kind: Word): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw refused(file, fileTrouble(error), kind, error);
  });
  if (!found.isFile()) throw refused(file, found.isDirectory() ? 'it is a folder' : 'it is no file', kind);
}

type Module = Readonly<Record<string, unknown>>;

async function importModule(file: string, path: string, kind: Word): Promise<Module> {
  // A module that waits for what never comes would let the process end without a word.
  let endless = (): void => {};
  const idle = new Promise<never>((_, reject) => {
    endless = () => reject(new Error('its top-level await waits for something that never comes'));
  });
  process.once('beforeExit', endless);
  try {
    return await Promise.race([import(pathToFileURL(path).href) as Promise<Module>, idle]);
  } catch (error) {
    const reason = remedyFor(error) ?? `${await placeOf(error, path)}${messageOf(error)}`;
    throw refused(file, `it cannot be loaded: ${reason}`, kind, error);
  } finally {
    process.off('beforeExit', endless);
  }
}

/** Where a file breaks the syntax, as `line 3: `: the error that import() gives does not say, Node's own check does. */
async function placeOf(error: unknown, path: string): Promise<string> {
  if (!(error instanceof Error) || error.name !== 'SyntaxError') return '';
  const told = await new Promise<string>((done) => {
    execFile(process.execPath, ['--check', path], (_, __, stderr) => done(stderr));
  });
  const line = told.startsWith(`${path}:`) ? /^\d+/.exec(told.slice(path.length + 1))?.[0] : undefined;
  return line === undefined ? '' : `line ${line}: `;
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
function definitionIn<Definition>(value: unknown, kind: Kind<Definition>): Definition | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (kind.parts.some((part) => part in value)) return value as Definition;
  return kind.word in value ? definitionIn((value as Module)[kind.word], kind) : undefined;
}

function whyNone(module: Module, { word, parts }: Word): string {
  const names = Object.keys(module).filter((name) => name !== 'module.exports');
  const exported = names.length === 0 ? 'nothing' : names.join(', ');
  const detail = typeof module.default === 'function' ? ' The default export is a function.' : '';
  return `it exports ${exported}, and no ${word}: its default export must be an object with ${parts.join(' and ')}.${detail}`;
}

function refused(file: string, reason: string, { word }: Word, cause?: unknown): ClTorchError {
  const end = /[.)]$/.test(reason) ? '' : '.';
  const page = word === 'strategy' ? 'strategies' : 'benchmarks';
  return new ClTorchError(
    'CONFIG_INVALID',
    `The ${word} file '${file}' cannot be used: ${reason}${end} See "From a file" in docs/${page}.md.`,
    cause === undefined ? undefined : { cause },
  );
}
