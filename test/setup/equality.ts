import { expect } from 'vitest';

/**
 * What has the same bytes is equal: said at once, where `toEqual` would ask for each of thousands of numbers by its name.
 * Of what has other bytes `toEqual` judges as ever, and shows where they part.
 */
function areTheSameBytes(a: unknown, b: unknown): true | undefined {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b) || a.constructor !== b.constructor) return undefined;
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0 ? true : undefined;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The same of plain arrays of numbers. */
function areTheSameNumbers(a: unknown, b: unknown): true | undefined {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return undefined;
  return a.every((value, at) => typeof value === 'number' && Object.is(value, b[at])) ? true : undefined;
}

expect.addEqualityTesters([areTheSameBytes, areTheSameNumbers]);
