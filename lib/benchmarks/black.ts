/**
 * Where examples are normalised, black is not zero: each plane of an example gets a pixel more, a black one, at its end, and what
 * a view would show as zero shows that pixel of its channel, so that a frame is normalised as the picture is.
 */
export function withBlackPixels(images: Uint8Array, plane: number): Uint8Array {
  const planes = images.length / plane;
  const result = new Uint8Array(images.length + planes);
  for (let each = 0; each < planes; ++each) {
    result.set(images.subarray(each * plane, (each + 1) * plane), each * (plane + 1));
  }
  return result;
}

/**
 * The columns of a view in such examples.
 * @param outer - Of the view, in what `inner` shows; as they are when left out.
 * @param inner - In an example without the black pixels; -1 is none.
 */
export function blackColumns(
  outer: Int32Array | undefined,
  inner: Int32Array,
  channels: number,
  plane: number,
): Int32Array {
  const shown = inner.length / channels;
  const black = (place: number): number => (Math.floor(place / shown) + 1) * (plane + 1) - 1;
  const moved = inner.map((column, place) =>
    column < 0 ? black(place) : column + Math.floor(column / plane),
  );
  return outer ? outer.map((column, place) => (column < 0 ? black(place) : (moved[column] ?? 0))) : moved;
}
