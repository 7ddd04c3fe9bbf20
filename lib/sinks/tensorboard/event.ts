import { bytes, double, float, integer, text } from './wire.js';

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
  return Buffer.concat([double(1, wallTime), text(3, 'brain.Event:2')]);
}

/**
 * A scalar in TensorBoard's protocol buffers: event.proto has wall_time = 1, step = 2, summary = 5; summary.proto
 * value = 1, and in it tag = 1, simple_value = 2.
 *
 * @param wallTime - Seconds since 1970.
 */
export function scalarEvent(wallTime: number, { tag, value, step }: Scalar): Uint8Array {
  const summary = bytes(1, Buffer.concat([text(1, tag), float(2, value)]));
  return Buffer.concat([double(1, wallTime), integer(2, step), bytes(5, summary)]);
}

/**
 * What a plugin of TensorBoard's reads from a tag's metadata: summary.proto has in a value tag = 1, tensor = 8, metadata = 9; in
 * that plugin_data = 1, and in it plugin_name = 1, content = 2.
 */
export function pluginEvent(wallTime: number, tag: string, plugin: string, content: Uint8Array): Uint8Array {
  const pluginData = bytes(1, Buffer.concat([text(1, plugin), bytes(2, content)]));
  const value = Buffer.concat([text(1, tag), bytes(8, NO_NUMBERS), bytes(9, pluginData)]);
  return Buffer.concat([double(1, wallTime), bytes(5, bytes(1, value))]);
}

/** A tensor of no float32 numbers: tensor.proto has dtype = 1, tensor_shape = 2, and in that one dim = 2 of size 0. */
const NO_NUMBERS: Uint8Array = Buffer.concat([integer(1, 1), bytes(2, bytes(2, Buffer.alloc(0)))]);
