/** Stable, documented reasons; a program may branch on them (docs/troubleshooting.md lists each with its remedy). */
export type ErrorCode =
  | 'ABORTED'
  | 'ADDON_LOAD_FAILED'
  | 'BENCH_FAILED'
  | 'BUILD_FAILED'
  | 'CHECKSUM_MISMATCH'
  | 'CONFIG_INVALID'
  | 'DATA_INVALID'
  | 'DATA_NOT_FOUND'
  | 'DEVICE_LOST'
  | 'DEVICE_UNAVAILABLE'
  | 'DISPOSED'
  | 'DIVERGED'
  | 'DOWNLOAD_FAILED'
  | 'ENGINE_UNAVAILABLE'
  | 'FILE_DAMAGED'
  | 'FILE_FOREIGN'
  | 'FILE_MISMATCH'
  | 'FILE_NOT_FOUND'
  | 'FILE_TOO_NEW'
  | 'INTERNAL'
  | 'INVALID_ARGUMENT'
  | 'LIBTORCH'
  | 'LIBTORCH_NOT_FOUND'
  | 'LIBTORCH_UNUSABLE'
  | 'NESTED_CALL'
  | 'OFFLINE'
  | 'OUT_OF_MEMORY'
  | 'OUTPUT_FAILED'
  | 'RUN_IN_USE'
  | 'RESULT_INVALID'
  | 'TOOLCHAIN_MISSING';

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

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error (`ENOENT`, …) or of a {@link ClTorchError}; undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
