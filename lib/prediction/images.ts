import { open, readFile } from 'node:fs/promises';
import { type DecodedPng, decode, hasPngSignature } from 'fast-png';
import { notFound } from '../checkpoint/trouble.js';
import { readIdx } from '../data/idx.js';
import { ClTorchError, codeOf, messageOf } from '../errors.js';

/** Grey images. */
export interface GreyImages {
  /** Row-major, image after image: 0 is black, 255 white. */
  readonly pixels: Uint8Array;
  readonly count: number;
}

const SIGNATURE_BYTES = 8;
/** Where a PNG's first chunk tells its width and height. */
const SIZE_PLACE = 16;

/**
 * The images of an IDX file, gzipped or not, or of a PNG file (its first bytes decide, not its name). Colours become
 * grey as ITU-R BT.601 weighs them; what is transparent lies on black, the ground of MNIST's digits.
 *
 * @param pixels - What an image must have: the inputs of the network.
 * @throws {ClTorchError} FILE_NOT_FOUND; DATA_INVALID when the file is neither, is damaged, or its images have another size.
 */
export async function readImages(file: string, pixels: number): Promise<GreyImages> {
  if (await isPng(file)) return { pixels: decodePng(await readFile(file), file, pixels), count: 1 };
  if (/\.png$/i.test(file)) throw damaged(file, 'it does not begin as one does');
  const { dims, values } = await readIdx(file, 'images');
  const [count = 0, height = 0, width = 0] = dims;
  requireSize(file, width, height, pixels);
  return { pixels: values, count };
}

async function isPng(file: string): Promise<boolean> {
  try {
    await using handle = await open(file);
    const { buffer } = await handle.read(Buffer.alloc(SIGNATURE_BYTES), 0, SIGNATURE_BYTES, 0);
    return hasPngSignature(buffer);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw notFound(file, 'image', error);
    throw new ClTorchError('DATA_INVALID', `${file} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

/** The size is judged by the header, before anything is unpacked. */
function decodePng(bytes: Buffer, file: string, pixels: number): Uint8Array {
  if (bytes.length < SIZE_PLACE + 8) throw damaged(file, 'it ends in its header');
  requireSize(file, bytes.readUInt32BE(SIZE_PLACE), bytes.readUInt32BE(SIZE_PLACE + 4), pixels);
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (error) {
    throw damaged(file, messageOf(error), error);
  }
  return Uint8Array.from({ length: pixels }, (_, pixel) => grey(png, pixel));
}

function grey(png: DecodedPng, pixel: number): number {
  const { palette, channels } = png;
  const samples = Array.from({ length: channels }, (_, channel) => sample(png, pixel, channel));
  if (palette) return luminance(palette[samples[0] ?? 0] ?? []);
  const full = 2 ** png.depth - 1;
  const levels = samples.map((value) => (255 * value) / full);
  const [level = 0, alpha = 255] = levels;
  return channels <= 2 ? Math.round((level * alpha) / 255) : luminance(levels);
}

/** Samples of fewer than 8 bits are packed; every line begins with a byte of its own. */
function sample({ data, width, depth, channels }: DecodedPng, pixel: number, channel: number): number {
  if (depth >= 8) return data[pixel * channels + channel] ?? 0;
  const bit = (pixel % width) * depth;
  const line = Math.floor(pixel / width) * Math.ceil((width * depth) / 8);
  const byte = data[line + (bit >> 3)] ?? 0;
  return (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
}

/** Of red, green, blue and, where there is one, alpha, each from 0 to 255. */
function luminance([red = 0, green = 0, blue = 0, alpha = 255]: readonly number[]): number {
  return Math.round(((0.299 * red + 0.587 * green + 0.114 * blue) * alpha) / 255);
}

function requireSize(file: string, width: number, height: number, pixels: number): void {
  if (width * height === pixels) return;
  const side = Math.sqrt(pixels);
  const wanted = Number.isInteger(side) ? `${side} × ${side}` : String(pixels);
  throw new ClTorchError(
    'DATA_INVALID',
    `The images of ${file} are ${width} × ${height} pixels, but the network takes ${wanted}. Scale them first.`,
  );
}

function damaged(file: string, why: string, cause?: unknown): ClTorchError {
  return new ClTorchError('DATA_INVALID', `${file} is a damaged PNG file: ${why}. Get the file again.`, {
    cause,
  });
}
