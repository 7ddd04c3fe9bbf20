import type { DatasetDefinition } from './define.js';
import type { CifarLayout } from './formats/cifar.js';
import type { Format } from './formats/format.js';
import { idxFiles, ROLE_NAMES, ROLES, type Role } from './formats/idx-files.js';

/** What is known of a file: its gzipped size and digest as published, and the digest of its content. */
export interface KnownFile {
  readonly gzBytes: number;
  readonly gzSha256: string;
  /** Null where it is not known. */
  readonly contentSha256: string | null;
}

/** What the definition of a data set of four gzipped IDX files says of them. */
export function publishedIdx(
  files: Readonly<Record<Role, KnownFile>>,
): Pick<DatasetDefinition, 'format' | 'downloads' | 'digests'> {
  const known = ROLE_NAMES.map((role) => ({ name: ROLES[role].file, ...files[role] }));
  return {
    format: idxFiles,
    downloads: known.map(({ name, gzBytes, gzSha256 }) => ({
      name: `${name}.gz`,
      bytes: gzBytes,
      sha256: gzSha256,
    })),
    digests: Object.fromEntries(
      known.map(({ name, gzSha256, contentSha256 }) => [name, { fileSha256: gzSha256, contentSha256 }]),
    ),
  };
}

/** What the definition of a data set in one such archive says of it. */
export function publishedCifar(
  format: Format,
  { archive }: CifarLayout,
  published: { readonly bytes: number; readonly sha256: string },
): Pick<DatasetDefinition, 'format' | 'downloads' | 'digests' | 'mirrors'> {
  return {
    format,
    mirrors: ['https://www.cs.toronto.edu/~kriz/'],
    downloads: [{ name: archive, ...published }],
    digests: { [archive]: { fileSha256: published.sha256, contentSha256: null } },
  };
}
