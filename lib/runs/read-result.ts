import { join } from 'node:path';
import { ClTorchError, codeOf, isClTorchError, messageOf } from '../base/errors.js';
import { readJson } from '../files/index.js';
import { RESULT_VERSION, resultSchema } from './result-schema.js';
import type { RunResult } from './types.js';

/**
 * The result in a run's folder, whatever its status.
 *
 * @throws {ClTorchError} RESULT_INVALID when there is none, it is damaged, or another version's.
 */
export async function readResult(folder: string): Promise<RunResult> {
  const file = join(folder, 'result.json');
  const value = await parse(file, folder);
  const version =
    typeof value === 'object' && value !== null && 'schemaVersion' in value && value.schemaVersion;
  if (typeof version === 'number' && version !== RESULT_VERSION) {
    const remedy =
      version > RESULT_VERSION
        ? 'Use a newer cl-torch'
        : 'Run it anew, into another folder or with --force, or read it with the cl-torch that wrote it';
    throw refused(
      file,
      `it has version ${version}, and this cl-torch reads version ${RESULT_VERSION}. ${remedy}`,
    );
  }
  const outcome = resultSchema.safeParse(value);
  if (outcome.success) return outcome.data;
  const [issue] = outcome.error.issues;
  const place = issue?.path.join('.') ?? '';
  throw refused(
    file,
    `${place === '' ? '' : `${place}: `}${issue?.message}. It is damaged, or no result of cl-torch`,
  );
}

/** The same, but undefined where there is no result. */
export async function readResultIfAny(folder: string): Promise<RunResult | undefined> {
  try {
    return await readResult(folder);
  } catch (error) {
    if (isClTorchError(error) && codeOf(error.cause) === 'ENOENT') return undefined;
    throw error;
  }
}

async function parse(file: string, folder: string): Promise<unknown> {
  try {
    return await readJson(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      throw new ClTorchError(
        'RESULT_INVALID',
        `'${folder}' holds no run: there is no result.json. Name the folder that a run was given with --out.`,
        { cause: error },
      );
    }
    throw refused(file, messageOf(error), error);
  }
}

function refused(file: string, reason: string, cause?: unknown): ClTorchError {
  return new ClTorchError('RESULT_INVALID', `'${file}' cannot be read: ${reason}.`, { cause });
}
