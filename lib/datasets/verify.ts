import { codeOf, messageOf } from '../base/errors.js';
import type { DatasetName } from './catalog.js';
import { expectedDigest, foundDigest, type KnownDigests } from './define.js';
import type { Part, ReadOptions } from './formats/format.js';
import { assemble, knownPart, type LoadOptions, withImageSize } from './load.js';
import { requireDataset } from './locate.js';

export interface FileReport {
  readonly file: string;
  /** SHA-256 it must have (of the content, or of the packed file where only that is known); null for own files. */
  readonly expected: string | null;
  /** SHA-256 it has; null when it cannot be read to its end. */
  readonly found: string | null;
  readonly ok: boolean;
  /** What is wrong, with what to do; null when `ok`. */
  readonly problem: string | null;
}

export interface DatasetReport {
  readonly dataset: DatasetName;
  readonly source: string;
  readonly files: readonly FileReport[];
  /** Why the files, each right in itself, do not belong together; else null. */
  readonly problem: string | null;
  readonly ok: boolean;
}

/**
 * Reads and checks every byte of a data set, and goes on after a bad file.
 *
 * @throws ClTorchError `DATA_NOT_FOUND`; `ABORTED`.
 */
export async function verifyDataset(
  name: DatasetName,
  { dataDir, ...reading }: LoadOptions = {},
): Promise<DatasetReport> {
  const location = await requireDataset(name, dataDir);
  const { parts } = location.found;
  const options = withImageSize(name, location, reading);
  const values = new Map<string, unknown>();
  const files: FileReport[] = [];
  for (const part of parts) {
    const { report, value } = await check(part, knownPart(name, location, part), options);
    files.push(report);
    if (report.ok) values.set(part.name, value);
  }
  const problem = values.size === parts.length ? problemOf(() => assemble(name, location, values)) : null;
  const ok = problem === null && files.every((report) => report.ok);
  return { dataset: name, source: location.source, files, problem, ok };
}

/** @param known what the part must be; null where nothing is known of it. */
async function check(
  part: Part,
  known: KnownDigests | null,
  options: ReadOptions,
): Promise<{ report: FileReport; value: unknown }> {
  const { file } = part;
  const expected = known === null ? null : expectedDigest(known);
  try {
    const read = await part.read(options);
    const found = known === null ? read.contentSha256 : foundDigest(known, read);
    const ok = expected === null || expected === found;
    const problem = ok ? null : 'The content is not the published one. Delete the file and get it again.';
    return { report: { file, expected, found, ok, problem }, value: read.value };
  } catch (error) {
    if (codeOf(error) === 'ABORTED') throw error;
    const problem = messageOf(error);
    return { report: { file, expected, found: null, ok: false, problem }, value: undefined };
  }
}

function problemOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
