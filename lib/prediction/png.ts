import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { crc32 } from 'node:zlib';
import { decode, init } from '@jsquash/png/decode.js';
import type { ImageSize } from '../checkpoint/image-size.js';

/** What the first chunk of a PNG file tells. */
export interface PngHeader extends ImageSize {
  /** Bytes of its pixels, unpacked. */
  readonly bytes: number;
}

/** The signature, and the whole first chunk with its frame. */
export const PNG_HEADER_BYTES = 33;

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** A chunk's length and type before its content, and its checksum after it. */
const [BEFORE, AFTER] = [8, 4];
/** By its number in the file: the depths that a colour type has, and its samples a pixel (https://www.w3.org/TR/png-3/#table111). */
const COLOURS: Readonly<Record<number, { readonly depths: readonly number[]; readonly samples: number }>> = {
  0: { depths: [1, 2, 4, 8, 16], samples: 1 },
  2: { depths: [8, 16], samples: 3 },
  3: { depths: [1, 2, 4, 8], samples: 1 },
  4: { depths: [8, 16], samples: 2 },
  6: { depths: [8, 16], samples: 4 },
};
/** The largest sample of 16 bits. */
const FULL = 65_535;

export function hasPngSignature(bytes: Uint8Array): boolean {
  return SIGNATURE.equals(bytes.subarray(0, SIGNATURE.length));
}

/** @throws {Error} When the header is cut off, or has a colour type or a depth that the format does not know. */
export function readPngHeader(bytes: Buffer): PngHeader {
  if (bytes.length < PNG_HEADER_BYTES) throw new Error('it ends in its header');
  const start = SIGNATURE.length + BEFORE;
  const [width, height] = [bytes.readUInt32BE(start), bytes.readUInt32BE(start + 4)];
  const [depth = 0, colour = 0] = bytes.subarray(start + 8);
  const kind = COLOURS[colour];
  if (!kind?.depths.includes(depth)) {
    throw new Error(`there is no colour type ${colour} with ${depth} bits a sample`);
  }
  return { width, height, bytes: height * Math.ceil((width * kind.samples * depth) / 8) };
}

/**
 * The image in grey, row by row, 0 black and 255 white. Colours become grey as ITU-R BT.601 weighs them; what is
 * transparent, by an alpha channel or by the file's tRNS chunk, lies on black. The grey value is rounded once, at the end.
 *
 * @throws {Error} When the file is damaged.
 */
export async function decodePng(bytes: Buffer, { width, height }: PngHeader): Promise<Uint8Array> {
  requireWholeChunks(bytes);
  await startDecoder();
  const { data } = await decode(new Uint8Array(bytes).buffer, { bitDepth: 16 }).catch((error: unknown) => {
    throw new Error('its pixels cannot be unpacked', { cause: error });
  });
  return Uint8Array.from({ length: width * height }, (_, pixel) => {
    const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(4 * pixel, 4 * pixel + 4);
    const grey = red === green && green === blue ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
    return Math.round((255 * grey * alpha) / FULL ** 2);
  });
}

/** The decoder stops as soon as it has every pixel: the checksums, and what comes last, are looked at here. */
function requireWholeChunks(bytes: Buffer): void {
  for (let place = SIGNATURE.length; ; ) {
    const start = place + BEFORE;
    const end = start < bytes.length ? start + bytes.readUInt32BE(place) : bytes.length;
    if (end + AFTER > bytes.length) throw new Error('it is cut off');
    const type = bytes.toString('latin1', place + 4, start);
    if (crc32(bytes.subarray(place + 4, end)) !== bytes.readUInt32BE(end)) {
      throw new Error(`the checksum of its part ${JSON.stringify(type)} is wrong`);
    }
    if (type === 'IEND') return;
    place = end + AFTER;
  }
}

/** Compiles the decoder, the first time. */
async function startDecoder(): Promise<void> {
  const file = createRequire(import.meta.url).resolve('@jsquash/png/codec/pkg/squoosh_png_bg.wasm');
  await init(await readFile(file));
}
