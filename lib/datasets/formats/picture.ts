import type { Sharp, SharpConstructor } from 'sharp';
import { ClTorchError, messageOf } from '../../base/errors.js';

/** Bytes of a pixel once it is read: red, green, blue. */
export const COLOURS = 3;

/** A picture's red, green and blue planes, each row by row. */
export interface Planes {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

/** More pixels than a camera has; a file that announces more is refused before any of them is unpacked. */
const MOST_PIXELS = 2 ** 28;

/**
 * Reads a picture file: JPEG, PNG, WebP, TIFF or GIF, by its first bytes. Pixels are taken as they are stored, without their
 * colour profile and without EXIF's turn; grey ones have three equal planes, 16 bits become 8, and what is transparent lies on
 * black.
 *
 * @param side - What it is scaled to: so that it just covers a square of so many pixels, by area and Lanczos' kernel, of which
 * the middle is taken. As it is when left out.
 * @throws {Error} When it is no such file, or is damaged.
 */
export async function readPicture(bytes: Uint8Array, side: number | undefined): Promise<Planes> {
  requirePicture(bytes);
  const sharp = await loadSharp();
  const open: Sharp = sharp(bytes, { failOn: 'warning', limitInputPixels: MOST_PIXELS, ignoreIcc: true });
  const scaled = side === undefined ? open : open.resize(side, side, { fit: 'cover', position: 'centre' });
  const { data, info } = await scaled
    .flatten({ background: 'black' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const pixels = width * height;
  const planes = new Uint8Array(COLOURS * pixels);
  for (let channel = 0; channel < COLOURS; ++channel) {
    const taken = channels < COLOURS ? 0 : channel;
    for (let pixel = 0; pixel < pixels; ++pixel)
      planes[channel * pixels + pixel] = data[pixel * channels + taken] ?? 0;
  }
  return { width, height, bytes: planes };
}

/** The first bytes of a file, as hexadecimal digits; what else libvips can read (SVG, PDF, …) is no picture here. */
const SIGNATURES = [
  /^ffd8ff/, // JPEG
  /^89504e470d0a1a0a/, // PNG
  /^47494638/, // GIF
  /^52494646.{8}57454250/, // WebP
  /^(49492a00|4d4d002a)/, // TIFF
];

function requirePicture(bytes: Uint8Array): void {
  const begin = Buffer.from(bytes.subarray(0, 12)).toString('hex');
  if (SIGNATURES.some((signature) => signature.test(begin))) return;
  throw new Error(`it begins with ${begin || 'nothing'}`);
}

let loaded: Promise<SharpConstructor> | undefined;

/** Loading it takes time that most runs do not need. */
function loadSharp(): Promise<SharpConstructor> {
  loaded ??= import('sharp').then(
    ({ default: sharp }) => sharp,
    (error: unknown) => {
      throw new ClTorchError(
        'DATA_INVALID',
        `Pictures cannot be read: the library sharp cannot be loaded (${messageOf(error)}). Install this package with its ` +
          'optional dependencies: npm install --include=optional.',
        { cause: error },
      );
    },
  );
  return loaded;
}
