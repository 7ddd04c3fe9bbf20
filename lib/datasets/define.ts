import type { Digests, Format } from './formats/format.js';

/** A file as its publishers give it. */
export interface PublishedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What the numbers of an example are normalised by, channel by channel: (number − mean) / deviation. Of bytes, byte / 255. */
export interface Normalisation {
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

/** What ships a data set: a folder with its files. */
export interface DatasetPlace {
  /** For people. */
  readonly label: string;
  /** Null when what would hold it is not installed. */
  readonly folder: () => string | null;
}

/** A published data set: where to find it, how it lies there, and how to check it. */
export interface DatasetDefinition<Name extends string = string> {
  readonly name: Name;
  /** A few words, for documents. */
  readonly title: string;
  readonly classes: number;
  /** Pixels of each side that its pictures are scaled to unless another size is asked for; only of pictures of many sizes. */
  readonly imageSize?: number | undefined;
  /** What the field normalises it by, where it agrees on numbers. */
  readonly normalisation?: Normalisation | undefined;
  /** Folders that hold the files under their published names; none where the data set comes with this package. */
  readonly mirrors: readonly string[];
  readonly downloads: readonly PublishedFile[];
  readonly format: Format;
  /** The digests of the format's parts, by their names: of the content, or of the file where only that is known. */
  readonly digests: Readonly<Record<string, KnownDigests>>;
  /** Where it may lie beside the cache. */
  readonly places: readonly DatasetPlace[];
}

/** One of the two at least is known. The content's is preferred: by it a repacked copy is recognised. */
export type KnownDigests = { readonly [Key in keyof Digests]: string | null };

/** The SHA-256 a published part is known by. */
export function expectedDigest({ contentSha256, fileSha256 }: KnownDigests): string | null {
  return contentSha256 ?? fileSha256;
}

/** The one that was found, of the same thing as {@link expectedDigest}. */
export function foundDigest(known: KnownDigests, found: Digests): string {
  return known.contentSha256 === null ? found.fileSha256 : found.contentSha256;
}
