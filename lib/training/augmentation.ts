import type { Augmentation } from '../../binding.js';
import { invalid } from '../options/check.js';
import type { TrainingOptions } from './options.js';

/**
 * How a training shows images; null: as they are.
 * @param image - Sizes of an example.
 * @param black - What a black pixel is to the network, of each channel; 0 when left out.
 * @throws {ClTorchError} CONFIG_INVALID where examples are no images.
 */
export function augmentationOf(
  { augment, cropMargin }: Pick<TrainingOptions, 'augment' | 'cropMargin'>,
  image: readonly number[],
  black?: Float32Array,
): Augmentation | null {
  if (augment === 'none') return null;
  const [channels = 0, height = 0] = image;
  if (image.length !== 3 || height === 1) {
    throw invalid([
      `augment (--augment): ${augment} is for images, [channels, height, width], and an example here is a row of ${image.at(-1)} numbers`,
    ]);
  }
  return {
    image,
    margin: augment === 'flip' ? 0 : cropMargin,
    flips: augment !== 'crop',
    black: black ?? new Float32Array(channels),
  };
}
