import type { Content, Digests, Found, LabelledSplit, PartRead, ReadOptions } from './format.js';
import { PictureCache } from './picture-cache.js';
import { type PictureFiles, type Pictures, readPictures } from './pictures.js';

/** Pictures and what they are of, before they are read. */
export interface PictureList {
  readonly files: PictureFiles;
  readonly train: readonly LabelledPicture[];
  readonly test: readonly LabelledPicture[];
  readonly classNames: readonly string[];
  /** Where the labels stand, for messages. */
  readonly labelsIn: string;
  /** Of all the files. */
  readonly digests: Digests;
}

export interface LabelledPicture {
  readonly name: string;
  readonly label: number;
}

/** A list whose pictures have been read: training pictures first. */
interface ReadList extends PictureList {
  readonly pictures: Pictures;
}

/**
 * The only part of a data set of picture files.
 * @param name - What the format calls it.
 * @param place - The folder or the archive.
 * @param list - Finds out which pictures there are.
 */
export function foundPictures(
  name: string,
  place: string,
  list: (options: ReadOptions) => Promise<PictureList>,
): Found<ReadList> {
  const read = async (options: ReadOptions): Promise<PartRead<ReadList>> => {
    const listed = await list(options);
    return { value: { ...listed, pictures: await picturesOf(listed, options) }, ...listed.digests };
  };
  return {
    isScaled: true,
    parts: [{ name, file: place, read }],
    assemble: (values) => contentOf([...values.values()][0] as ReadList),
  };
}

/** From the cache, or else from their files. */
async function picturesOf(
  { files, train, test, digests }: PictureList,
  options: ReadOptions,
): Promise<Pictures> {
  const cache = new PictureCache(digests.contentSha256, options.imageSize);
  const names = [...train, ...test].map(({ name }) => name);
  const known = await cache.read(names.length);
  if (known) return known;
  const pictures = await readPictures(files, names, options);
  await cache.write(pictures);
  return pictures;
}

function contentOf({ train, test, classNames, labelsIn, pictures }: ReadList): Content {
  const { images, ...shape } = pictures;
  const features = shape.channels * shape.width * shape.height;
  const split = (pictures: readonly LabelledPicture[], first: number): LabelledSplit => {
    const labels = pictures.map(({ label }) => label);
    return {
      images: images.subarray(first * features, (first + pictures.length) * features),
      labels: classNames.length <= 256 ? Uint8Array.from(labels) : Int32Array.from(labels),
      rows: pictures.length,
      labelsIn,
    };
  };
  return { ...shape, classNames, train: split(train, 0), test: split(test, train.length) };
}
