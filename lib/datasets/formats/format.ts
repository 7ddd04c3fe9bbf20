/** A way in which data sets lie on disk. Nothing but formats.ts lists them. */
export interface Format {
  /** What must be there, as a line for people. */
  readonly needs: string;
  /** Looks at a folder or a file, by names alone. */
  look(place: string): Sighting;
}

/** What a format finds at a place: all that it needs, or what is missing. */
export type Sighting =
  | { readonly found: Found }
  | {
      readonly found: null;
      /** Names of what is not there. */
      readonly missing: readonly string[];
      /** Whether some of it is there, so that the place seems to be meant for this format. */
      readonly isBegun: boolean;
    };

/** The parts of a data set that was found. `Value`: what reading a part gives. */
export interface Found<Value = unknown> {
  /** Whether its pictures can be scaled while they are read. */
  readonly isScaled?: boolean | undefined;
  readonly parts: readonly Part<Value>[];
  /**
   * Puts the parts together.
   * @param values - What was read, by the parts' names.
   * @throws {ClTorchError} DATA_INVALID when they do not fit each other.
   */
  assemble(values: ReadonlyMap<string, Value>): Content;
}

/** What is read and checked by itself: a file, or a folder of pictures. */
export interface Part<Value = unknown> {
  /** What the format calls it; published digests go by it. */
  readonly name: string;
  /** Where it lies. */
  readonly file: string;
  /** @throws {ClTorchError} DATA_INVALID, naming the file, what was expected and what was found; ABORTED. */
  read(options: ReadOptions): Promise<PartRead<Value>>;
}

export interface PartRead<Value> extends Digests {
  readonly value: Value;
}

/** SHA-256 in hexadecimal. */
export interface Digests {
  /** Of the file as it lies on disk. */
  readonly fileSha256: string;
  /** Of the content, unpacked if the file is packed by itself. */
  readonly contentSha256: string;
}

/** What a reader may be told. */
export interface ReadOptions {
  /** Pixels of each side that pictures of files are cut and scaled to; as they are when left out. */
  readonly imageSize?: number | undefined;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
  /** How many pictures of files have been read; of those that were read before nothing is told. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
}

export interface ReadProgress {
  readonly done: number;
  readonly total: number;
}

/** Examples and labels in their file's order. */
export interface Split {
  /**
   * `rows × features`, row-major: bytes from 0 to 255, channel after channel, or the numbers of a file that holds
   * floating-point numbers.
   */
  readonly images: Uint8Array | Float32Array;
  /** `rows` classes, from 0. */
  readonly labels: Uint8Array | Int32Array;
  readonly rows: number;
}

/** What an example is. */
export interface Shape {
  /** 1 for grey images and for plain numbers, 3 for colours: red, green, blue. */
  readonly channels: number;
  /** Pixels of an image; plain numbers are one line. */
  readonly width: number;
  readonly height: number;
}

/** A data set without the names that it has for us. */
export interface Content extends Shape {
  /** What each class is called, by its label; null where the files do not say. */
  readonly classNames: readonly string[] | null;
  readonly train: LabelledSplit;
  readonly test: LabelledSplit;
}

export interface LabelledSplit extends Split {
  /** Where its labels stand, for messages. */
  readonly labelsIn: string;
}

/** The value of a part that the format itself has named. */
export function partNamed<Value>(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name);
  if (value === undefined) throw new Error(`There is no part ${name}.`);
  return value;
}
