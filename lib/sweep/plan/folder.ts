import { appendFile, readdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ClTorchError, codeOf, isClTorchError, messageOf } from '../../base/errors.js';
import { absolute } from '../../base/paths.js';
import { exists, parseJson } from '../../files/index.js';
import { seemsHeld } from '../../files/lock.js';
import { folderTrouble, LOCK, makeOutputFolder, RESULT, requireNoRun, writeJson } from '../../runs/folder.js';
import { readResultIfAny } from '../../runs/read-result.js';
import type { RunResult } from '../../runs/types.js';
import type { Setting } from '../../search/space.js';
import type { RunFailure } from './executor.js';
import { isEnded, type RunOutcome } from './plan.js';
import { specSchema } from './spec-schema.js';
import type { RunStatus, SweepRun, SweepSpec } from './types.js';

const SPEC = 'sweep.json';
const RUNS = 'runs';
const FAILED = 'failed';
const LOGS = 'logs';

/** A run as its folder has it. */
export interface KnownRun extends RunOutcome {
  readonly result: RunResult | undefined;
  /** Of a run that failed, with the options that it had. */
  readonly failure: (RunFailure & { readonly input?: Setting | undefined }) | undefined;
}

/**
 * The folder of a sweep: what was asked for, a folder for each run, and what is told of those that failed. Any number of
 * processes may work in it; each run's folder has a lock of its own.
 */
export class SweepFolder {
  readonly path: string;
  readonly #known = new Map<string, KnownRun>();

  constructor(path: string) {
    this.path = absolute(path);
  }

  /** Whether there is a sweep in it. */
  get isBegun(): boolean {
    return exists(join(this.path, SPEC));
  }

  runFolder(name: string): string {
    return join(this.path, RUNS, name);
  }

  logFile(name: string): string {
    return join(this.path, LOGS, `${name}.log`);
  }

  /** @throws {ClTorchError} FILE_NOT_FOUND, FILE_DAMAGED or FILE_TOO_NEW. */
  async readSpec(): Promise<SweepSpec> {
    const file = join(this.path, SPEC);
    const bytes = await readFile(file).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') {
        throw new ClTorchError(
          'FILE_NOT_FOUND',
          `There is no sweep in '${this.path}': it has no ${SPEC}. Name the folder that cl-torch sweep was given with --out.`,
          { cause: error },
        );
      }
      throw folderTrouble(this.path, error);
    });
    const value = parsed(bytes, file);
    const version = Object(value).schemaVersion;
    if (typeof version === 'number' && version > 1) {
      throw new ClTorchError(
        'FILE_TOO_NEW',
        `'${file}' has version ${version}, and this cl-torch reads version 1. Use a newer cl-torch.`,
      );
    }
    const outcome = specSchema.safeParse(value);
    if (outcome.success) return outcome.data;
    throw damaged(file, told(outcome.error.issues[0]));
  }

  /**
   * Writes what is asked for, or finds that the folder has the same already. Seeds and trials may be added.
   * @throws {ClTorchError} CONFIG_INVALID when it holds another sweep.
   */
  async begin(spec: SweepSpec): Promise<void> {
    requireNoRun(this.path);
    makeOutputFolder(this.path);
    const wanted = JSON.parse(JSON.stringify(spec)) as SweepSpec; // as it will be read
    if (this.isBegun) {
      const found = await this.readSpec();
      if (isDeepStrictEqual(found, wanted)) return;
      requireLonger(this.path, found, wanted);
    }
    await writeJson(this.path, SPEC, wanted);
  }

  /** Looks at every run that is not known to be over. */
  async refresh(): Promise<void> {
    const [runs, failed] = await Promise.all([this.#names(RUNS), this.#names(FAILED)]);
    const names = new Set([...runs, ...failed.map((file) => file.replace(/\.json$/, ''))]);
    for (const name of names) await this.look(name);
    for (const name of this.#known.keys()) if (!names.has(name)) this.#known.delete(name);
  }

  /** What the folder says of a run at this moment; undefined of one that has not begun. */
  async look(name: string): Promise<KnownRun | undefined> {
    const known = this.#known.get(name);
    if (known && isEnded(known.status) && known.status !== 'failed') return known;
    const [{ result, damage }, kept] = await Promise.all([this.#result(name), this.#failure(name)]);
    const failure = kept ?? damage;
    if (!result && !failure) {
      this.#known.delete(name);
      return undefined;
    }
    const status = failure ? 'failed' : await statusOf(result, join(this.runFolder(name), LOCK));
    const found = { status, taskMeans: result?.taskMeans ?? [], result, failure };
    this.#known.set(name, found);
    return found;
  }

  /** What was seen of a run last. */
  known(name: string): KnownRun | undefined {
    return this.#known.get(name);
  }

  /** Keeps why a run failed, with all there is to read about it. */
  async fail(
    { name, input }: Pick<SweepRun, 'name' | 'input'>,
    { code, message }: RunFailure,
    log: string,
  ): Promise<void> {
    const failure = {
      schemaVersion: 1,
      code,
      message,
      input,
      host: hostname(),
      at: new Date().toISOString(),
    };
    for (const part of [LOGS, FAILED]) makeOutputFolder(join(this.path, part));
    // What a job still says goes to the same file, which therefore must not be replaced by another.
    await appendFile(this.logFile(name), log).catch((error: unknown) => {
      throw folderTrouble(this.path, error);
    });
    await writeJson(join(this.path, FAILED), `${name}.json`, failure);
  }

  /** Forgets that these runs failed: they are tried again, each from its last checkpoint on. A damaged result goes. */
  async retry(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const { damage } = await this.#result(name);
      if (damage) await rm(join(this.runFolder(name), RESULT), { force: true });
      await rm(join(this.path, FAILED, `${name}.json`), { force: true });
    }
  }

  /** A damaged one is its run's failure, and no other's. */
  async #result(
    name: string,
  ): Promise<{ readonly result?: RunResult | undefined; readonly damage?: RunFailure }> {
    try {
      return { result: await readResultIfAny(this.runFolder(name)) };
    } catch (error) {
      if (!isClTorchError(error)) throw error;
      return {
        damage: { code: error.code, message: `${error.message} --retry goes on from its last checkpoint.` },
      };
    }
  }

  async #failure(name: string): Promise<KnownRun['failure']> {
    const file = join(this.path, FAILED, `${name}.json`);
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined) return undefined;
    try {
      const { code, message, input } = Object(parseJson(bytes)) as Partial<RunFailure> & { input?: Setting };
      return { code: String(code), message: String(message), input };
    } catch (error) {
      return {
        code: 'FILE_DAMAGED',
        message: `'${file}' cannot be read: ${messageOf(error)}. --retry tries the run again.`,
      };
    }
  }

  async #names(part: string): Promise<string[]> {
    return await readdir(join(this.path, part)).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw folderTrouble(this.path, error);
    });
  }
}

async function statusOf(result: RunResult | undefined, lock: string): Promise<RunStatus> {
  if (result?.status === 'completed' || result?.status === 'diverged') return result.status;
  return (await seemsHeld(lock)) ? 'running' : 'stopped';
}

/** More seeds and more trials leave every run what it is; fewer would leave out what is done. */
function requireLonger(path: string, found: SweepSpec, wanted: SweepSpec): void {
  const fixed = ({ seeds: _seeds, search, choice, ...rest }: SweepSpec): Record<string, unknown> => {
    const { trials: _trials, ...how } = search;
    const { seeds: _final, ...by } = choice;
    return { ...rest, search: how, choice: by };
  };
  const [there, asked] = [fixed(found), fixed(wanted)];
  const different = Object.keys(asked)
    .filter((key) => !isDeepStrictEqual(there[key], asked[key]))
    .map((key) => differenceIn(key, there, asked));
  const without = (now: readonly number[], before: readonly number[]): boolean =>
    !before.every((seed) => now.includes(seed));
  if (without(wanted.seeds, found.seeds)) different.push(`seeds (it has ${found.seeds.join(', ')})`);
  if (without(wanted.choice.seeds, found.choice.seeds)) {
    different.push(`final seeds (it has ${found.choice.seeds.join(', ')})`);
  }
  if ((wanted.search.trials ?? 0) < (found.search.trials ?? 0))
    different.push(`trials (it has ${found.search.trials})`);
  if (different.length === 0) return;
  throw new ClTorchError(
    'CONFIG_INVALID',
    `'${path}' holds another sweep: it differs in ${different.join('; ')}. Name another folder with --out, or remove this ` +
      'one. Seeds and trials may be added to a sweep, and none left out.',
  );
}

function differenceIn(key: string, there: Record<string, unknown>, asked: Record<string, unknown>): string {
  const [before, now] = [Object(there[key]), Object(asked[key])] as Record<string, unknown>[];
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(now ?? {})])];
  const names = keys.filter((each) => !isDeepStrictEqual(before?.[each], now?.[each]));
  return `${key} (${names.join(', ')})`;
}

function parsed(bytes: Uint8Array, file: string): unknown {
  try {
    return parseJson(bytes);
  } catch (error) {
    throw damaged(file, messageOf(error), error);
  }
}

function told(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): string {
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
}

function damaged(file: string, reason: string, cause?: unknown): ClTorchError {
  return new ClTorchError(
    'FILE_DAMAGED',
    `'${file}' cannot be read: ${reason}. Restore it from a copy, or begin the sweep anew in another folder.`,
    { cause },
  );
}
