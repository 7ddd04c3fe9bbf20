import { z } from 'zod';
import { invalid } from '../options/check.js';
import { inGroup, type Kind, withDefault } from '../options/option.js';
import type { NetworkDefinition } from './define.js';
import { type ImageShape, imageShape } from './images.js';
import { layerWidths, weightsBetween } from './layers.js';

const MOST_CHANNELS = 4096;
const LARGEST_KERNEL = 63;
const KERNELS = `an odd integer from 1 to ${LARGEST_KERNEL}`;

export interface CnnOptions {
  /** Channels of each convolution; max-pooling halves the image after each. Default [32, 64]. */
  readonly channels: readonly number[];
  /** Side of the convolutions' kernels, an odd number. Default 3. */
  readonly kernel: number;
  /** Neurons in each hidden layer. Default [128]. */
  readonly hidden: readonly number[];
}

const channelLists: Kind<readonly number[]> = {
  schema: z.array(z.int().min(1).max(MOST_CHANNELS)).min(1).max(8),
  expected: `1 to 8 integers, each from 1 to ${MOST_CHANNELS}`,
  form: 'numbers',
  placeholder: 'N,N,…',
};

const kernels: Kind<number> = {
  schema: z
    .int()
    .min(1)
    .max(LARGEST_KERNEL)
    .refine((side) => side % 2 === 1, {
      error: ({ input }) => `expected ${KERNELS}, found ${String(input)}`,
    }),
  expected: KERNELS,
  form: 'number',
  placeholder: 'N',
};

/** A plain convolutional network: convolutions, each with ReLU and max-pooling by two, then linear layers. */
export const cnn: NetworkDefinition<CnnOptions, 'cnn'> = {
  name: 'cnn',
  title: 'convolutions, each with ReLU and max-pooling by two, then linear layers',
  options: inGroup('Network and training', {
    channels: withDefault(
      channelLists,
      [32, 64],
      'channels of each convolution; max-pooling halves the image after each',
      {
        aliases: ['filters', 'n-filters'],
      },
    ),
    kernel: withDefault(kernels, 3, "side of the convolutions' kernels, an odd number", {
      aliases: ['kernel-size'],
    }),
    hidden: withDefault(layerWidths, [128], 'neurons in each hidden layer', {
      aliases: ['hidden-sizes', 'hidden-layers'],
    }),
  }),
  spec({ channels, kernel, hidden }, input, classes) {
    return {
      kind: 'cnn',
      input: shapeFor(channels, input),
      classes,
      channels: [...channels],
      kernel,
      hidden: [...hidden],
    };
  },
  weights({ channels, kernel, hidden }, input, classes) {
    const [inputs, ...sides] = shapeFor(channels, input);
    const pixels = sides.reduce((product, side) => product * (side >> channels.length), 1);
    const linear = weightsBetween([(channels.at(-1) ?? 0) * pixels, ...hidden, classes]);
    return kernel * kernel * weightsBetween([inputs, ...channels]) + linear;
  },
};

/** The sizes of an example that can be halved after each convolution. */
function shapeFor({ length }: readonly number[], input: readonly number[]): ImageShape {
  const shape = imageShape(input, 'cnn');
  const [, height, width] = shape;
  if (Math.min(height, width) >> length >= 1) return shape;
  throw invalid([
    `channels: each convolution is followed by max-pooling, which halves the image; ${length} of them leave nothing of ` +
      `${height} × ${width} pixels`,
  ]);
}
