import { messageOf } from '../base/errors.js';
import { type DatasetName, knownDataset } from './catalog.js';
import { ROLE_NAMES, ROLES, type Role } from './define.js';
import { type Idx, readIdx } from './idx.js';
import { assemble, expectedDigest, foundDigest } from './load.js';
import { requireDataset } from './locate.js';

export interface FileReport {
  readonly file: string;
  /** SHA-256 it must have (of the content, or of the gzipped file where only that is known); null for own files. */
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
 * @throws ClTorchError `DATA_NOT_FOUND`.
 */
export async function verifyDataset(
  name: DatasetName,
  options: { readonly dataDir?: string | undefined } = {},
): Promise<DatasetReport> {
  const location = await requireDataset(name, options.dataDir);
  const read: Partial<Record<Role, Idx>> = {};
  const files: FileReport[] = [];
  for (const role of ROLE_NAMES) {
    const { report, idx } = await check(location.files[role], role, location.own ? null : name);
    files.push(report);
    if (report.ok && idx !== null) read[role] = idx;
  }
  const problem = isComplete(read) ? problemOf(() => assemble(name, location, read)) : null;
  const ok = problem === null && files.every((report) => report.ok);
  return { dataset: name, source: location.source, files, problem, ok };
}

/** @param published the data set the file must be of; null for the user's own. */
async function check(
  file: string,
  role: Role,
  published: DatasetName | null,
): Promise<{ report: FileReport; idx: Idx | null }> {
  const known = published === null ? null : knownDataset(published).files[role];
  const expected = known === null ? null : expectedDigest(known);
  try {
    const idx = await readIdx(file, ROLES[role].kind);
    const found = known === null ? idx.contentSha256 : foundDigest(known, idx);
    const ok = expected === null || expected === found;
    const problem = ok ? null : 'The content is not the published one. Delete the file and get it again.';
    return { report: { file, expected, found, ok, problem }, idx };
  } catch (error) {
    const problem = messageOf(error);
    return { report: { file, expected, found: null, ok: false, problem }, idx: null };
  }
}

function isComplete(files: Partial<Record<Role, Idx>>): files is Record<Role, Idx> {
  return ROLE_NAMES.every((role) => files[role] !== undefined);
}

function problemOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
