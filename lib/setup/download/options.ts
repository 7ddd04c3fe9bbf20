export interface DownloadProgress {
  /** Bytes on disk, those of an earlier, continued attempt included. */
  readonly received: number;
  /** Bytes of the whole file; null when the server does not say. */
  readonly total: number | null;
  /** Mean rate since the current connection began. */
  readonly bytesPerSecond: number;
}

export interface DownloadOptions {
  /** `http:` or `https:` address; redirects are followed. */
  readonly url: string;
  /** Where the file goes; its folder is made. An existing file is replaced. */
  readonly to: string;
  /** Hex digest the file must have. */
  readonly sha256?: string | undefined;
  /** Aborting keeps what was received, so that the next call continues there. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte after which a connection counts as dead (default 30000). */
  readonly stallMs?: number | undefined;
  /** How many times in a row to try again without getting further (default 3). */
  readonly retries?: number | undefined;
  /** Called at most about ten times a second, and once at the end. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}
