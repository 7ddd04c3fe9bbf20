import { type FileHandle, open, readFile } from 'node:fs/promises';
import { ClTorchError, codeOf, isClTorchError, messageOf } from '../base/errors.js';
import type { ImageSize } from '../checkpoint/image-size.js';
import { notFound } from '../checkpoint/trouble.js';
import { readIdx } from '../datasets/formats/idx.js';
import { COLOURS, readPicture } from '../datasets/formats/picture.js';
import { decodePng, hasPngSignature, PNG_HEADER_BYTES, readPngHeader } from './png.js';

/** Images of a file. */
export interface FileImages {
  /** Image after image, channel after channel, row by row: 0 is black, 255 white. */
  readonly pixels: Uint8Array;
  readonly count: number;
}

/** What a network takes. */
export interface WantedImages {
  /** Of an image. */
  readonly pixels: number;
  /** Undefined where nothing tells it: any with so many pixels will do. */
  readonly size?: ImageSize | undefined;
  /** 3 for red, green and blue; 1, grey, when left out. */
  readonly channels?: number | undefined;
  /** What the network's pictures were scaled to, and so are these; undefined where they must have the size. */
  readonly side?: number | undefined;
}

/** Picture files that are not told by their first bytes alone. */
const OTHER_PICTURES = /\.(jpe?g|webp|tiff?|gif)$/i;

/** More than a text, a colour profile or a preview needs that comes along with an image. */
const MOST_EXTRA_BYTES = 64 * 2 ** 20;

/**
 * The images of an IDX file, gzipped or not, or of a picture file: PNG of any kind (its first bytes decide, not its name),
 * JPEG, WebP, TIFF or GIF. For a network of grey images colours become grey as ITU-R BT.601 weighs them; what is transparent lies
 * on black, the ground of MNIST's digits.
 *
 * @param wanted - What an image must have; judged by the file's header, before anything is unpacked.
 * @throws {ClTorchError} FILE_NOT_FOUND; DATA_INVALID when the file is neither, is damaged, or its images have another size.
 */
export async function readImages(file: string, wanted: WantedImages): Promise<FileImages> {
  if (wanted.channels === COLOURS || wanted.side !== undefined || OTHER_PICTURES.test(file)) {
    return { pixels: await readOther(file, wanted), count: 1 };
  }
  const png = await readPng(file, wanted);
  if (png) return { pixels: png, count: 1 };
  if (/\.png$/i.test(file)) throw damaged(file, 'it does not begin as one does');
  const { dims, values } = await readIdx(file, 'images');
  const [count = 0, height = 0, width = 0] = dims;
  requireSize(file, { width, height }, wanted);
  return { pixels: values, count };
}

/** A picture as training reads one. */
async function readOther(file: string, { side, ...wanted }: WantedImages): Promise<Uint8Array> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  const { bytes: planes, ...size } = await readPicture(bytes, side).catch((error: unknown) => {
    if (isClTorchError(error)) throw error;
    throw new ClTorchError(
      'DATA_INVALID',
      `${file} is no picture that can be read: ${messageOf(error)}. Expected a whole JPEG, PNG, WebP, TIFF or GIF file.`,
      { cause: error },
    );
  });
  requireSize(file, size, wanted);
  return wanted.channels === COLOURS ? planes : greyOf(planes);
}

function greyOf(planes: Uint8Array): Uint8Array {
  const pixels = planes.length / COLOURS;
  const at = (channel: number, pixel: number): number => planes[channel * pixels + pixel] ?? 0;
  return Uint8Array.from({ length: pixels }, (_, pixel) =>
    Math.round(0.299 * at(0, pixel) + 0.587 * at(1, pixel) + 0.114 * at(2, pixel)),
  );
}

function unreadable(file: string, error: unknown): ClTorchError {
  if (codeOf(error) === 'ENOENT') return notFound(file, 'image', error);
  const why = codeOf(error) === 'EISDIR' ? 'it is a folder. Name a file in it' : messageOf(error);
  return new ClTorchError('DATA_INVALID', `${file} cannot be read: ${why}.`, { cause: error });
}

/** The pixels of a PNG file; undefined when it is another kind of file. */
async function readPng(file: string, wanted: WantedImages): Promise<Uint8Array | undefined> {
  try {
    await using handle = await open(file);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(PNG_HEADER_BYTES), 0, PNG_HEADER_BYTES, 0);
    return hasPngSignature(buffer)
      ? await pixelsOf(file, handle, buffer.subarray(0, bytesRead), wanted)
      : undefined;
  } catch (error) {
    throw isClTorchError(error) ? error : unreadable(file, error);
  }
}

async function pixelsOf(
  file: string,
  handle: FileHandle,
  begin: Buffer,
  wanted: WantedImages,
): Promise<Uint8Array> {
  const header = await orDamaged(file, () => readPngHeader(begin));
  requireSize(file, header, wanted);
  const { size } = await handle.stat();
  if (size > MOST_EXTRA_BYTES + 2 * header.bytes)
    throw damaged(file, `it has ${size} bytes, far more than its image needs`);
  const bytes = await handle.readFile();
  return orDamaged(file, () => decodePng(bytes, header));
}

async function orDamaged<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw damaged(file, messageOf(error), error);
  }
}

function requireSize(file: string, found: ImageSize, { pixels, size }: WantedImages): void {
  const fits = size
    ? found.width === size.width && found.height === size.height
    : found.width * found.height === pixels;
  if (fits) return;
  const wanted = size ? `${size.width} × ${size.height}` : String(pixels);
  const order =
    found.width === found.height && (!size || size.width === size.height) ? '' : ' (width × height)';
  throw new ClTorchError(
    'DATA_INVALID',
    `The images of ${file} are ${found.width} × ${found.height} pixels${order}, but the network takes ${wanted}. ` +
      'Scale them first.',
  );
}

function damaged(file: string, why: string, cause?: unknown): ClTorchError {
  return new ClTorchError('DATA_INVALID', `${file} is a damaged PNG file: ${why}. Get the file again.`, {
    cause,
  });
}
