import { property, shown } from './values.js';

/** Stable, documented reasons (docs/troubleshooting.md lists each with its remedy). */
export const ERROR_CODES = [
  'ABORTED',
  'ADDON_LOAD_FAILED',
  'BENCH_FAILED',
  'BUILD_FAILED',
  'CHECKSUM_MISMATCH',
  'CONFIG_INVALID',
  'DATA_INVALID',
  'DATA_NOT_FOUND',
  'DEVICE_LOST',
  'DEVICE_UNAVAILABLE',
  'DISPOSED',
  'DIVERGED',
  'DOWNLOAD_FAILED',
  'ENGINE_UNAVAILABLE',
  'FILE_DAMAGED',
  'FILE_FOREIGN',
  'FILE_MISMATCH',
  'FILE_NOT_FOUND',
  'FILE_TOO_NEW',
  'FILE_TOO_OLD',
  'INTERNAL',
  'INVALID_ARGUMENT',
  'LIBTORCH',
  'LIBTORCH_NOT_FOUND',
  'LIBTORCH_UNUSABLE',
  'NESTED_CALL',
  'OFFLINE',
  'OUT_OF_MEMORY',
  'OUTPUT_FAILED',
  'RUN_IN_USE',
  'RESULT_INVALID',
  'SLURM_FAILED',
  'THREADS_UNAVAILABLE',
  'TOOLCHAIN_MISSING',
] as const;

/** One of {@link ERROR_CODES}; a program may branch on it. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * The only error class this package throws. The message says what happened, why, and what to do next;
 * `cause` holds the underlying error where there is one.
 */
export class ClTorchError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ClTorchError';
    this.code = code;
  }
}

/**
 * Whether something thrown is a {@link ClTorchError}. Unlike `instanceof` it is right, too, where the package was loaded
 * twice or in another realm, as test runners do (Jest, Vitest's vm pools).
 */
export function isClTorchError(error: unknown): error is ClTorchError {
  return property(error, 'name') === 'ClTorchError' && isErrorCode(property(error, 'code'));
}

/** Whether it is one of this package's codes. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return ERROR_CODES.some((known) => known === code);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  const message = property(error, 'message');
  if (typeof message === 'string') return message;
  return typeof error === 'string' ? error : shown(error);
}

/** The `code` of a Node system error (`ENOENT`, …) or of a {@link ClTorchError}; undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
  const code = property(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

/** What a Node system error says of a file, as words that follow "The file 'x' cannot be used: "; else its message. */
export function fileTrouble(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
      return 'this user may not read it';
    default:
      return messageOf(error);
  }
}
