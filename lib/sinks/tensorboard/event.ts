/** A number to be drawn over `step`. */
export interface Scalar {
  /** Names the curve; what is before a `/` groups it. */
  readonly tag: string;
  readonly value: number;
  /** A whole number from 0. */
  readonly step: number;
}

/** What an events file begins with (tensorflow/core/util/event.proto: wall_time = 1, file_version = 3). */
export function versionEvent(wallTime: number): Uint8Array {
  return Buffer.concat([double(1, wallTime), bytes(3, Buffer.from('brain.Event:2'))]);
}

/**
 * A scalar in TensorBoard's protocol buffers: event.proto has wall_time = 1, step = 2, summary = 5; summary.proto
 * value = 1, and in it tag = 1, simple_value = 2.
 *
 * @param wallTime - Seconds since 1970.
 */
export function scalarEvent(wallTime: number, { tag, value, step }: Scalar): Uint8Array {
  const summary = bytes(1, Buffer.concat([bytes(1, Buffer.from(tag)), float(2, value)]));
  return Buffer.concat([double(1, wallTime), integer(2, step), bytes(5, summary)]);
}

// The wire format: a key of field number and wire type, then the value (protobuf.dev, "Encoding").

function double(field: number, value: number): Buffer {
  const buffer = Buffer.alloc(9);
  buffer[0] = (field << 3) | 1;
  buffer.writeDoubleLE(value, 1);
  return buffer;
}

function float(field: number, value: number): Buffer {
  const buffer = Buffer.alloc(5);
  buffer[0] = (field << 3) | 5;
  buffer.writeFloatLE(value, 1);
  return buffer;
}

/** Zero is proto3's default and is left out, as its own encoders do. */
function integer(field: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : Buffer.from([field << 3, ...varint(value)]);
}

function bytes(field: number, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(value.length)]), value]);
}

/** Seven bits a byte, the lowest first; steps go beyond 32 bits, so no shifts. */
function varint(value: number): number[] {
  const low = value % 128;
  return value < 128 ? [low] : [low | 128, ...varint(Math.floor(value / 128))];
}
