import { crc32, deflateSync } from 'node:zlib';

/** A PNG file by hand from the format's description (https://www.w3.org/TR/png-3/). `lines`: packed samples, no filter. */
export function png(
  { width, depth, colour, palette }: { width: number; depth: number; colour: number; palette?: number[] },
  lines: readonly (readonly number[])[],
): Buffer {
  return pngFile(
    { width, height: lines.length, depth, colour, ...(palette && { palette }) },
    Buffer.from(lines.flatMap((line) => [0, ...line])),
  );
}

export interface PngKind {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly colour: number;
  /** Red, green, blue, red, … */
  readonly palette?: readonly number[];
  /** The content of the tRNS chunk. */
  readonly transparency?: readonly number[];
  readonly interlaced?: boolean;
  /** How many chunks the pixels are cut into. */
  readonly dataChunks?: number;
}

const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** First column, first row, steps: https://www.w3.org/TR/png-3/#8Interlace. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** A PNG file of what `samples` tells of each pixel. Its lines have the filters 0 to 4 in turn. */
export function drawnPng(kind: PngKind, samples: (x: number, y: number) => readonly number[]): Buffer {
  const { width, height, depth, colour, interlaced } = kind;
  const passes = interlaced ? PASSES : ([[0, 0, 1, 1]] as const);
  const pixelBytes = Math.max(1, ((SAMPLES[colour] ?? 1) * depth) / 8);
  const packed = passes.flatMap(([left, top, right, down]) => {
    const lines: number[][] = [];
    for (let y = top; y < height; y += down) {
      const line: number[] = [];
      for (let x = left; x < width; x += right) line.push(...samples(x, y));
      if (line.length > 0) lines.push(packedLine(line, depth));
    }
    return filtered(lines, pixelBytes);
  });
  return pngFile(kind, Buffer.from(packed));
}

/** `raw`: what is to be compressed. */
export function pngFile(kind: PngKind, raw: Buffer): Buffer {
  const { width, height, depth, colour, palette, transparency, interlaced, dataChunks = 1 } = kind;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8);
  const data = deflateSync(raw);
  const share = Math.ceil(data.length / dataChunks);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk('IHDR', header),
    ...(palette ? [pngChunk('PLTE', Buffer.from(palette))] : []),
    ...(transparency ? [pngChunk('tRNS', Buffer.from(transparency))] : []),
    ...Array.from({ length: dataChunks }, (_, i) =>
      pngChunk('IDAT', data.subarray(i * share, (i + 1) * share)),
    ),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

export function pngChunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type), data]);
  const result = Buffer.alloc(content.length + 8);
  result.writeUInt32BE(data.length, 0);
  content.copy(result, 4);
  result.writeUInt32BE(crc32(content), content.length + 4);
  return result;
}

function packedLine(samples: readonly number[], depth: number): number[] {
  if (depth === 8) return [...samples];
  if (depth === 16) return samples.flatMap((value) => [value >> 8, value & 255]);
  const bytes = Array.from({ length: Math.ceil((samples.length * depth) / 8) }, () => 0);
  for (const [i, value] of samples.entries()) {
    const bit = i * depth;
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (value << (8 - depth - (bit & 7)));
  }
  return bytes;
}

/** https://www.w3.org/TR/png-3/#9Filters: each byte less what its neighbours foretell. */
function filtered(lines: readonly (readonly number[])[], pixelBytes: number): number[] {
  return lines.flatMap((line, row) => {
    const filter = row % 5;
    const above = lines[row - 1] ?? [];
    const bytes = line.map((value, i) => {
      const [left, up, corner] = [line[i - pixelBytes] ?? 0, above[i] ?? 0, above[i - pixelBytes] ?? 0];
      const foretold = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      return (value - foretold) & 255;
    });
    return [filter, ...bytes];
  });
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(estimate - value)) as [number, number, number];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
