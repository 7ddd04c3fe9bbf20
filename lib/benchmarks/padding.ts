/** The shape of images with so many black pixels more on each side. */
export function paddedShape(
  [channels = 1, height = 1, width = 1]: readonly number[],
  padding: number,
): number[] {
  return [channels, height + 2 * padding, width + 2 * padding];
}

/**
 * Which number of an image each number of the padded image is; -1 is black.
 * @param input - `[channels, height, width]` of the images as they are.
 * @param padding - Pixels on each side.
 */
export function paddedColumns(input: readonly number[], padding: number): Int32Array {
  const [, height = 1, width = 1] = input;
  const [channels = 1, rows = 1, columns = 1] = paddedShape(input, padding);
  return Int32Array.from({ length: channels * rows * columns }, (_, place) => {
    const channel = Math.floor(place / (rows * columns));
    const y = (Math.floor(place / columns) % rows) - padding;
    const x = (place % columns) - padding;
    const isInside = x >= 0 && x < width && y >= 0 && y < height;
    return isInside ? (channel * height + y) * width + x : -1;
  });
}

/** The columns of `inner` in the order that `outer` takes them in; without one, `inner` as it is. */
export function composed(outer: Int32Array | undefined, inner: Int32Array): Int32Array {
  return outer ? outer.map((column) => (column < 0 ? -1 : (inner[column] ?? -1))) : inner;
}
