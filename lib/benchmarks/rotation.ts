/** 16 bits after the point, as in Pillow. */
const UNIT = 65_536;

/**
 * Which pixel of an image each pixel of the rotated image shows, as Pillow's `Image.rotate(angle)` with its defaults: about
 * the middle, the size as it is, the nearest pixel, in 16.16 fixed-point numbers; -1 where the image has none.
 * Pillow's rule: PIL/Image.py `rotate` and libImaging/Geometry.c `affine_fixed`.
 *
 * @param input `[channels, height, width]`.
 * @param angle degrees, counter-clockwise.
 */
export function rotation(input: readonly number[], angle: number): Int32Array {
  const [channels = 1, height = 1, width = 1] = input;
  const source = sourceOf(height, width, ((angle % 360) + 360) % 360);
  const pixels = height * width;
  return Int32Array.from({ length: channels * pixels }, (_, column) => {
    const channel = Math.floor(column / pixels);
    const pixel = source(column % width, Math.floor((column % pixels) / width));
    return pixel < 0 ? -1 : channel * pixels + pixel;
  });
}

/** The pixel of the image that is seen at (x, y). Turns that move whole pixels are done so, as Pillow does them. */
function sourceOf(height: number, width: number, angle: number): (x: number, y: number) => number {
  if (angle === 0) return (x, y) => y * width + x;
  if (angle === 180) return (x, y) => (height - 1 - y) * width + (width - 1 - x);
  if (height === width && angle === 90) return (x, y) => x * width + (width - 1 - y);
  if (height === width && angle === 270) return (x, y) => (height - 1 - x) * width + y;
  const radians = -angle * (Math.PI / 180);
  const [cos, sin] = [rounded(Math.cos(radians)), rounded(Math.sin(radians))];
  const [middleX, middleY] = [width / 2, height / 2];
  const startX = cos * -middleX + sin * -middleY + middleX;
  const startY = -sin * -middleX + cos * -middleY + middleY;
  const [byX, byY] = [fixed(cos), fixed(sin)];
  const firstX = fixed(startX + cos * 0.5 + sin * 0.5);
  const firstY = fixed(startY + -sin * 0.5 + cos * 0.5);
  return (x, y) => {
    const sourceX = Math.floor((firstX + y * byY + x * byX) / UNIT);
    const sourceY = Math.floor((firstY + y * byX + x * fixed(-sin)) / UNIT);
    const isInside = sourceX >= 0 && sourceX < width && sourceY >= 0 && sourceY < height;
    return isInside ? sourceY * width + sourceX : -1;
  };
}

/** Python's `round(value, 15)`, which takes sin(π) for zero. */
function rounded(value: number): number {
  return Number(value.toFixed(15));
}

function fixed(value: number): number {
  return Math.floor(value * UNIT + 0.5);
}
