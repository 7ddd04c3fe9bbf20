import { blackColumns, withBlackPixels } from '../benchmarks/black.js';
import { composed } from '../benchmarks/padding.js';
import { shownBytes } from '../benchmarks/views.js';
import { byteValues } from '../datasets/index.js';
import type { TrainedModel } from './trained-model.js';

/** How a model was shown its images. */
export type Showing = Pick<TrainedModel, 'show' | 'channels' | 'normalisation'>;

/**
 * Images as the network takes them.
 * @param image - Numbers of one of them.
 * @returns bytes, or float32 numbers where they are normalised.
 */
export function shownAs(
  images: Uint8Array,
  image: number,
  { show, channels, normalisation }: Showing,
): Uint8Array | Float32Array {
  const pixels = show ? shownBytes(images, show) : images;
  const identity = Int32Array.from({ length: image }, (_, column) => column);
  const frame = show?.frame ?? identity;
  if (!normalisation)
    return gathered(pixels, image, composed(show?.columns, frame), (byte) => byte, Uint8Array);
  const plane = image / channels;
  const values = byteValues(normalisation);
  const columns = blackColumns(show?.columns, frame, channels, plane);
  const value = (byte: number, column: number): number =>
    values[256 * Math.floor(column / (plane + 1)) + byte] ?? 0;
  return gathered(withBlackPixels(pixels, plane), image + channels, columns, value, Float32Array);
}

function gathered<Numbers extends Uint8Array | Float32Array>(
  pixels: Uint8Array,
  image: number,
  columns: Int32Array,
  value: (byte: number, column: number) => number,
  type: new (length: number) => Numbers,
): Numbers {
  const count = pixels.length / image;
  const result = new type(count * columns.length);
  for (let each = 0; each < count; ++each) {
    for (const [place, column] of columns.entries()) {
      const byte = column < 0 ? 0 : (pixels[each * image + column] ?? 0);
      result[each * columns.length + place] = value(byte, column);
    }
  }
  return result;
}
