/** How large an image is. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** What a model file tells of the images that its inputs are: its widths alone cannot tell 14 × 56 from 28 × 28. */
export function imageSizeEntries({ width, height }: ImageSize): Record<string, string> {
  return { imageWidth: String(width), imageHeight: String(height) };
}

/** How many classes the data set has: the network may have fewer outputs, or more. */
export function dataClassesEntry(classes: number): Record<string, string> {
  return { dataClasses: String(classes) };
}

/** What the data set calls its classes, in their order; nothing where it calls them nothing. */
export function classNamesEntry(names: readonly string[] | null): Record<string, string> {
  return names === null ? {} : { classNames: JSON.stringify(names) };
}

/** Undefined where a file tells nothing. */
export function readClassNames({
  classNames,
}: Readonly<Record<string, string>>): readonly string[] | undefined {
  if (classNames === undefined) return undefined;
  let names: unknown;
  try {
    names = JSON.parse(classNames);
  } catch {
    return undefined; // of another program's file, which means something else by it
  }
  return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
}

/** Undefined where a file tells nothing. */
export function readDataClasses({ dataClasses }: Readonly<Record<string, string>>): number | undefined {
  const classes = Number(dataClasses);
  return Number.isInteger(classes) && classes > 0 ? classes : undefined;
}

/** Undefined where a file tells nothing, as one of PyTorch's or of an earlier version. */
export function readImageSize(metadata: Readonly<Record<string, string>>): ImageSize | undefined {
  const [width, height] = [Number(metadata.imageWidth), Number(metadata.imageHeight)];
  return width > 0 && height > 0 ? { width, height } : undefined;
}
