import { ClTorchError } from '../base/errors.js';
import type { Dataset } from './dataset.js';
import type { Normalisation } from './define.js';
import type { Split } from './formats/format.js';

/** As a configuration has it: none, the data set's own, or numbers: a mean for each channel, then a deviation for each. */
export type NormalisationChoice = 'none' | 'data-set' | readonly number[];

/**
 * The numbers of a choice: of `data-set` those that the field takes for a published data set, else those of the training
 * examples, all numbers of a channel together (the deviation is the population's; 1 where all numbers are equal).
 *
 * @throws {ClTorchError} CONFIG_INVALID for numbers that do not fit the data set's channels.
 */
export function normalisationOf(choice: NormalisationChoice, dataset: Dataset): Normalisation | undefined {
  if (choice === 'none') return undefined;
  if (choice === 'data-set') return dataset.normalisation ?? measured(dataset.train, dataset.channels);
  const { channels } = dataset;
  const half = choice.length / 2;
  if (half !== channels && half !== 1) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `normalisation (--normalisation) has ${choice.length} numbers, and the examples have ${channels} channel(s): expected ` +
        `a mean for each channel and then a deviation for each, ${2 * channels} numbers, or one of each for all.`,
    );
  }
  const forAll = (numbers: readonly number[]): number[] =>
    Array.from({ length: channels }, (_, channel) => numbers[half === 1 ? 0 : channel] ?? 0);
  return { means: forAll(choice.slice(0, half)), deviations: forAll(choice.slice(half)) };
}

/**
 * What each byte of each channel is to the network: `values[256 channel + byte]`, in float32 as PyTorch's ToTensor and
 * Normalize compute it: byte / 255, less the mean, divided by the deviation, each rounded.
 */
export function byteValues({ means, deviations }: Normalisation): Float32Array {
  return Float32Array.from({ length: 256 * means.length }, (_, place) =>
    normalised(Math.fround((place % 256) / 255), means, deviations, Math.floor(place / 256)),
  );
}

/** What a black pixel is to the network, of each channel. */
export function blackOf({ means, deviations }: Normalisation): Float32Array {
  return Float32Array.from(means, (_, channel) => normalised(0, means, deviations, channel));
}

/** Numbers that are no bytes, of `rows × channels × plane`. */
export function normalisedNumbers(
  numbers: Float32Array,
  features: number,
  { means, deviations }: Normalisation,
): Float32Array {
  const plane = features / means.length;
  return numbers.map((number, place) =>
    normalised(number, means, deviations, Math.floor((place % features) / plane)),
  );
}

function normalised(
  number: number,
  means: readonly number[],
  deviations: readonly number[],
  channel: number,
): number {
  const moved = Math.fround(number - Math.fround(means[channel] ?? 0));
  return Math.fround(moved / Math.fround(deviations[channel] ?? 1));
}

function measured({ images, rows }: Split, channels: number): Normalisation {
  const plane = images.length / rows / channels;
  const all = Array.from({ length: channels }, (_, channel) => {
    const [mean, deviation] =
      images instanceof Uint8Array
        ? ofBytes(images, rows, channels, channel)
        : ofNumbers(images, rows, channels, channel, plane);
    return { mean, deviation: deviation > 0 ? deviation : 1 };
  });
  return { means: all.map(({ mean }) => mean), deviations: all.map(({ deviation }) => deviation) };
}

/** Sums of whole numbers are exact. */
function ofBytes(images: Uint8Array, rows: number, channels: number, channel: number): [number, number] {
  const plane = images.length / rows / channels;
  const counts = new Float64Array(256);
  for (let row = 0; row < rows; ++row) {
    const start = (row * channels + channel) * plane;
    for (let place = start; place < start + plane; ++place) {
      const byte = images[place] ?? 0;
      counts[byte] = (counts[byte] ?? 0) + 1;
    }
  }
  const count = rows * plane;
  const sum = counts.reduce((total, each, byte) => total + each * byte, 0);
  const mean = sum / count;
  const squares = counts.reduce((total, each, byte) => total + each * (byte - mean) ** 2, 0);
  return [mean / 255, Math.sqrt(squares / count) / 255];
}

function ofNumbers(
  images: Float32Array,
  rows: number,
  channels: number,
  channel: number,
  plane: number,
): [number, number] {
  const over = (term: (number: number) => number): number => {
    let sum = 0;
    for (let row = 0; row < rows; ++row) {
      const start = (row * channels + channel) * plane;
      for (let place = start; place < start + plane; ++place) sum += term(images[place] ?? 0);
    }
    return sum / (rows * plane);
  };
  const mean = over((number) => number);
  return [mean, Math.sqrt(over((number) => (number - mean) ** 2))];
}
