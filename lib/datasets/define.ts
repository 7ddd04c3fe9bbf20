import type { IdxKind } from './idx-assembler.js';

/** The four files of a data set. */
export type Role = 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels';

/** Each file's base name as its publishers give it, in the order they are read, and what it holds. */
export const ROLES: Readonly<Record<Role, { readonly file: string; readonly kind: IdxKind }>> = {
  trainImages: { file: 'train-images-idx3-ubyte', kind: 'images' },
  trainLabels: { file: 'train-labels-idx1-ubyte', kind: 'labels' },
  testImages: { file: 't10k-images-idx3-ubyte', kind: 'images' },
  testLabels: { file: 't10k-labels-idx1-ubyte', kind: 'labels' },
};

export const ROLE_NAMES: readonly Role[] = ['trainImages', 'trainLabels', 'testImages', 'testLabels'];

export interface KnownFile {
  /** Size and SHA-256 of the gzipped file as published. */
  readonly gzBytes: number;
  readonly gzSha256: string;
  /** SHA-256 of the content without gzip, so that a repacked copy is recognised; null where it is not known. */
  readonly contentSha256: string | null;
}

/** What ships a data set: a folder with its four files. */
export interface DatasetPlace {
  /** For people. */
  readonly label: string;
  /** Null when what would hold it is not installed. */
  readonly folder: () => string | null;
}

/** A published data set of four IDX files: where to find it, and how to check it. */
export interface DatasetDefinition<Name extends string = string> {
  readonly name: Name;
  /** A few words, for documents. */
  readonly title: string;
  readonly classes: number;
  /** Folders that hold the gzipped files under their published names. */
  readonly mirrors: readonly string[];
  readonly files: Readonly<Record<Role, KnownFile>>;
  /** Where it may lie beside the cache. */
  readonly places: readonly DatasetPlace[];
}
