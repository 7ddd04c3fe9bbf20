import { createHash } from 'node:crypto';
import { TextDecoder, TextEncoder } from 'node:util';
import { PREFIX, type TensorFile, TensorFileError } from '../files/safetensors/format.js';
import { decodeTensors } from '../files/safetensors/read.js';
import { encodeTensors } from '../files/safetensors/write.js';
import { damaged, foreign, tooNew, tooOld } from './trouble.js';

/**
 * A safetensors file of this package: its first metadata entries name what it is, the version of its format and a
 * SHA-256 of the whole file, computed with 64 zeros in the sum's own place. Those three entries stay the same in every
 * version to come, so that a newer file is told from a damaged one.
 */
export interface SealedFile extends TensorFile {
  /** `model`, `checkpoint`, … */
  readonly kind: string;
  readonly version: number;
}

/** The entries of a file's own. */
export const MARKS: readonly string[] = ['cl-torch', 'version', 'sha256'];

const UNSEALED = '0'.repeat(64);
const MARK = `{"__metadata__":{"cl-torch":"`;

/** The bytes of such a file. */
export function encodeSealed({ kind, version, metadata, tensors }: SealedFile): Uint8Array {
  const mark = { 'cl-torch': kind, version: String(version), sha256: UNSEALED };
  const file = encodeTensors({ metadata, tensors }, mark);
  file.set(new TextEncoder().encode(sumOf(file)), placeOfSum(kind, String(version)));
  return file;
}

/**
 * Reads such a file that is not trusted.
 *
 * @param expected - What it must be, and the one version of its format that is understood.
 * @param path - Where the bytes come from, for messages.
 * @throws {ClTorchError} FILE_FOREIGN, FILE_DAMAGED, FILE_TOO_NEW or FILE_TOO_OLD.
 */
export function decodeSealed(
  file: Uint8Array,
  expected: { readonly kind: string; readonly version: number },
  path: string,
): SealedFile {
  if (!isMarked(file)) throw foreign(path, expected.kind, 'it does not begin as one does');
  const { tensors, metadata } = decode(file, expected.kind, path);
  const { 'cl-torch': kind = '', version: text = '', sha256 = '', ...rest } = metadata;
  if (!isSealed(file, kind, text, sha256)) {
    throw damaged(path, expected.kind, 'its content does not have the checksum that was written with it');
  }
  if (kind !== expected.kind) throw foreign(path, expected.kind, `it holds a ${kind}`);
  const version = Number(text);
  if (!Number.isSafeInteger(version) || version < 1) {
    throw foreign(path, expected.kind, `its format version is '${text}'`);
  }
  if (version > expected.version) throw tooNew(path, kind, version, expected.version);
  if (version < expected.version) throw tooOld(path, kind, version, expected.version);
  return { kind, version, tensors, metadata: rest };
}

/** Whether the file begins like one of this package's, as far as it goes. */
export function isMarked(file: Uint8Array): boolean {
  const mark = new TextEncoder().encode(MARK);
  const begin = file.subarray(PREFIX, PREFIX + mark.length);
  return begin.every((byte, index) => byte === mark[index]);
}

function decode(file: Uint8Array, kind: string, path: string): TensorFile {
  try {
    return decodeTensors(file);
  } catch (error) {
    if (error instanceof TensorFileError) throw damaged(path, kind, error.message, error);
    throw error;
  }
}

function isSealed(file: Uint8Array, kind: string, version: string, sum: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(sum)) return false;
  const place = placeOfSum(kind, version);
  if (new TextDecoder().decode(file.subarray(place, place + sum.length)) !== sum) return false;
  const unsealed = new Uint8Array(file);
  unsealed.set(new TextEncoder().encode(UNSEALED), place);
  return sumOf(unsealed) === sum;
}

function sumOf(file: Uint8Array): string {
  return createHash('sha256').update(file).digest('hex');
}

/** Where the header holds the sum, after the entries before it. */
function placeOfSum(kind: string, version: string): number {
  const before = `${MARK}${JSON.stringify(kind).slice(1)},"version":${JSON.stringify(version)},"sha256":"`;
  return PREFIX + new TextEncoder().encode(before).length;
}
