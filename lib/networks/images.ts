import { invalid } from '../options/check.js';

/** Sizes of an example that is an image. */
export type ImageShape = readonly [channels: number, height: number, width: number];

/**
 * The sizes of an example, where it is an image.
 * @param network - The network that wants images, for the message.
 * @throws {ClTorchError} CONFIG_INVALID where it is a row of numbers.
 */
export function imageShape(input: readonly number[], network: string): ImageShape {
  const [channels, height, width] = input;
  if (channels !== undefined && height !== undefined && width !== undefined) return [channels, height, width];
  throw invalid([
    `network: ${network} takes images, [channels, height, width], and an example here is ${input.join()} numbers in a row`,
  ]);
}
