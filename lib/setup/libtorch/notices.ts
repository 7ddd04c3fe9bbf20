import { columnsOf, NARROWEST } from '../../base/terminal-size.js';

/** Where a long operation tells what it does: plain lines, how far a transfer is, and what it is at this moment. */
export interface Notices {
  line(text: string): void;
  /** `total` and `bytesPerSecond` are null while unknown. */
  progress(label: string, received: number, total: number | null, bytesPerSecond: number | null): void;
  /** Shown only where it can be replaced by the next one. An empty text takes it away. */
  status(text: string): void;
  /** Ends a line whose transfer will not go on. */
  end(): void;
}

const PLAIN_INTERVAL_MS = 5_000;

/**
 * Notices as lines for `write`: progress becomes a line at the start, every five seconds or every tenth of the
 * way, whichever comes later, and at the end.
 */
export function lineNotices(write: (line: string) => void, now: () => number = Date.now): Notices {
  let shown = { label: '', at: 0, fraction: 0 };
  return {
    line: write,
    status: () => {},
    progress(label, received, total, rate) {
      const fraction = total ? received / total : 0;
      const isNew = label !== shown.label;
      const isDue =
        now() - shown.at >= PLAIN_INTERVAL_MS && (total === null || fraction - shown.fraction >= 0.1);
      const isEnd = fraction >= 1 && shown.fraction < 1;
      if (!isNew && !isDue && !isEnd) return;
      shown = { label, at: now(), fraction };
      write(progressText(label, received, total, rate));
    },
    end() {},
  };
}

/** Notices on standard error: one live progress line on a terminal, plain lines otherwise. */
export function stderrNotices(stream: NodeJS.WriteStream = process.stderr): Notices {
  const isLive = stream.isTTY && process.env.TERM !== 'dumb' && columnsOf(stream) >= NARROWEST;
  if (!isLive) return lineNotices((text) => stream.write(`${text}\n`));
  let live = false;
  const clear = '\r\u001b[K';
  const replace = (text: string): boolean => stream.write(clear + text.slice(0, columnsOf(stream) - 1));
  return {
    status(text) {
      replace(text);
      live = text !== '';
    },
    line(text) {
      stream.write(`${live ? clear : ''}${text}\n`);
      live = false;
    },
    progress(label, received, total, rate) {
      const ended = total !== null && received >= total;
      replace(progressText(label, received, total, rate));
      if (ended) stream.write('\n');
      live = !ended;
    },
    end() {
      if (live) stream.write('\n');
      live = false;
    },
  };
}

/** Such as `torch 2.14.1: 120 of 555 MB (21 %), 12.3 MB/s`. */
export function progressText(
  label: string,
  received: number,
  total: number | null,
  bytesPerSecond: number | null,
): string {
  const amount =
    total === null
      ? `${megabytes(received)} MB`
      : `${megabytes(received)} of ${megabytes(total)} MB (${Math.floor((100 * received) / total)} %)`;
  const rate = bytesPerSecond === null ? '' : `, ${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
  return `${label}: ${amount}${rate}`;
}

function megabytes(bytes: number): string {
  return bytes < 1e7 ? (bytes / 1e6).toFixed(1) : Math.round(bytes / 1e6).toString();
}
