import { ClTorchError } from '../../base/errors.js';
import type { Content, LabelledSplit, Shape, Split } from './format.js';
import type { NpyArray } from './npy.js';

/** The four arrays of a data set. */
export type ArrayRole = 'x_train' | 'y_train' | 'x_test' | 'y_test';

export const ARRAY_ROLES: readonly ArrayRole[] = ['x_train', 'y_train', 'x_test', 'y_test'];

const INPUTS = ['x', 'images', 'image', 'imgs', 'data', 'inputs', 'features'];
const LABELS = ['y', 'labels', 'label', 'targets', 'target', 'classes'];
/** More classes than any network here has outputs. */
const MOST_CLASSES = 65_536;
/** An extent that is taken for the channels of a picture. */
const CHANNELS = [1, 3, 4];

/** Which array a name is of: `x_train`, `X_train`, `trainX`, `train_images`, …; undefined for another name. */
export function roleOf(name: string): ArrayRole | undefined {
  const words = name.toLowerCase().replace(/[_\-. ]/g, '');
  for (const part of ['train', 'test'] as const) {
    const is = (kinds: readonly string[]): boolean =>
      kinds.some((kind) => words === kind + part || words === part + kind);
    if (is(INPUTS)) return `x_${part}`;
    if (is(LABELS)) return `y_${part}`;
  }
  return undefined;
}

/** Examples and labels of four arrays. Throws DATA_INVALID when they do not fit. */
export function contentOfArrays(arrays: Readonly<Record<ArrayRole, NpyArray>>): Content {
  const [train, test] = [examplesOf(arrays.x_train), examplesOf(arrays.x_test)];
  const told = ({ channels, height, width }: Shape): string => `${channels} × ${height} × ${width}`;
  if (told(train) !== told(test) || train.images.constructor !== test.images.constructor) {
    throw new ClTorchError(
      'DATA_INVALID',
      `The examples of ${arrays.x_test.name} are ${told(test)} (channels × height × width) of type ${arrays.x_test.type}, ` +
        `those of ${arrays.x_train.name} ${told(train)} of type ${arrays.x_train.type}. Use arrays that belong together.`,
    );
  }
  const { channels, height, width } = train;
  return {
    channels,
    height,
    width,
    classNames: null,
    train: labelled(train, arrays.x_train, arrays.y_train),
    test: labelled(test, arrays.x_test, arrays.y_test),
  };
}

interface Examples extends Shape, Pick<Split, 'images' | 'rows'> {}

function examplesOf({ name, shape, type, values }: NpyArray): Examples {
  const [rows = 0, ...extents] = shape;
  if (extents.length < 1 || extents.length > 3 || shape.includes(0)) {
    throw invalid(
      name,
      `has the shape (${shape.join(', ')})`,
      'examples of shape (n, features), (n, height, width), (n, height, width, channels) or (n, channels, height, width)',
    );
  }
  const numbers = numbersOf(name, type, values, values.length / rows);
  const [height = 1, width = 1] = extents.length === 1 ? [1, ...extents] : extents;
  if (extents.length < 3) return { channels: 1, height, width, rows, images: numbers };
  return coloursOf(name, rows, extents, numbers);
}

/** Channels stand last, as NumPy's image libraries have them, else first, as PyTorch has them. */
function coloursOf(
  name: string,
  rows: number,
  extents: readonly number[],
  images: Split['images'],
): Examples {
  const [first = 0, second = 0, last = 0] = extents;
  if (CHANNELS.includes(last)) {
    const shape = { channels: last, height: first, width: second };
    return { ...shape, rows, images: last === 1 ? images : planes(images, rows, first * second, last) };
  }
  if (CHANNELS.includes(first)) return { channels: first, height: second, width: last, rows, images };
  throw invalid(
    name,
    `has pictures of ${extents.join(' × ')}`,
    `${CHANNELS.join(', ')} channels, last or first`,
  );
}

function planes(images: Split['images'], rows: number, pixels: number, channels: number): Split['images'] {
  const result =
    images instanceof Uint8Array ? new Uint8Array(images.length) : new Float32Array(images.length);
  for (let row = 0, place = 0; row < rows; ++row) {
    const start = row * pixels * channels;
    for (let channel = 0; channel < channels; ++channel) {
      for (let pixel = 0; pixel < pixels; ++pixel, ++place) {
        result[place] = images[start + pixel * channels + channel] ?? 0;
      }
    }
  }
  return result;
}

function numbersOf(name: string, type: string, values: NpyArray['values'], each: number): Split['images'] {
  if (values instanceof Uint8Array) return values;
  if (!(values instanceof Float32Array || values instanceof Float64Array)) {
    throw invalid(name, `holds values of NumPy's type ${type}`, 'examples as uint8, float32 or float64');
  }
  const numbers = Float32Array.from(values);
  const wrong = numbers.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return numbers;
  const row = Math.floor(wrong / each);
  throw invalid(
    name,
    `has ${values[wrong]} in row ${row} at position ${wrong % each}`,
    'finite float32 numbers',
  );
}

function labelled(examples: Examples, x: NpyArray, y: NpyArray): LabelledSplit {
  const { rows, images } = examples;
  const [count = 0, ...rest] = y.shape;
  if (y.shape.length === 0 || rest.length > 1 || rest.some((extent) => extent !== 1)) {
    throw invalid(
      y.name,
      `has the shape (${y.shape.join(', ')})`,
      'one label for each example, of shape (n,) or (n, 1)',
    );
  }
  if (count !== rows) {
    throw invalid(y.name, `has ${count} labels`, `${rows}, for there are that many examples in ${x.name}`);
  }
  return { images, rows, labels: labelsOf(y), labelsIn: y.name };
}

function labelsOf({ name, type, values }: NpyArray): Split['labels'] {
  if (values instanceof Float32Array || values instanceof Float64Array) {
    throw invalid(name, `holds labels of NumPy's type ${type}`, 'integers; array.astype(int) gives them');
  }
  const labels = Int32Array.from(values as ArrayLike<number | bigint>, (value) => {
    const label = Number(value);
    return label >= 0 && label < MOST_CLASSES ? label : -1;
  });
  const wrong = labels.indexOf(-1);
  if (wrong >= 0) {
    throw invalid(
      name,
      `has the label ${values[wrong]} in row ${wrong}`,
      `classes from 0 to ${MOST_CLASSES - 1}`,
    );
  }
  return labels.every((label) => label < 256) ? Uint8Array.from(labels) : labels;
}

function invalid(name: string, found: string, expected: string): ClTorchError {
  return new ClTorchError('DATA_INVALID', `${name} ${found}; expected ${expected}.`);
}
