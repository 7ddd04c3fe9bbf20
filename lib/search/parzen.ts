import type { PythonRandom } from '../random/python-random.js';
import { indexOf, numberAt, placeOf, sizeOf, valueAt } from './domain.js';
import { drawWithin, normalBelow } from './normal.js';
import type { Domain, Interval, Setting, Space } from './space.js';

/** The latest observations that weigh fully; those before them weigh the less the older they are. */
const FULL_WEIGHTS = 25;

/** No kernel is narrower than this share of its domain. */
const NARROWEST = 1 / 100;

/** One name's kernels: one for each observation, and a last one that covers the whole domain. */
interface Kernels {
  /** A value near that of a kernel. */
  draw(random: PythonRandom, kernel: number): unknown;
  /** Adds the logarithm of each kernel's density at a value to its sum. */
  addLogDensities(value: unknown, sums: Float64Array): void;
}

/**
 * A density over a space, estimated from settings: a mixture of one kernel around each and one around the middle that is
 * as wide as the space; each kernel is a product over the names. Numbers have normal distributions cut off at the bounds,
 * as wide as the greater distance to a neighbour; points the share of such a one that is nearest to them; choices are the
 * observed one or, with a weight of one in all kernels, any.
 */
export class ParzenEstimate {
  readonly #kernels: readonly (readonly [name: string, kernels: Kernels])[];
  /** The kernels' weights, which sum to 1, and their logarithms. */
  readonly #weights: readonly number[];
  readonly #logWeights: readonly number[];

  /** @param settings - The oldest first. */
  constructor(space: Space, settings: readonly Setting[]) {
    this.#kernels = Object.entries(space).map(([name, domain]) => [
      name,
      kernelsOf(
        domain,
        settings.map((setting) => setting[name]),
        name,
      ),
    ]);
    const weights = [...agedWeights(settings.length), 1];
    const sum = weights.reduce((total, weight) => total + weight, 0);
    this.#weights = weights.map((weight) => weight / sum);
    this.#logWeights = this.#weights.map(Math.log);
  }

  draw(random: PythonRandom): Setting {
    const kernel = this.#drawKernel(random.random());
    return Object.fromEntries(
      this.#kernels.map(([name, kernels]) => [name, kernels.draw(random, kernel)] as const),
    );
  }

  /** Of the density at a setting, where each interval's length counts as 1. */
  logDensity(setting: Setting): number {
    const sums = Float64Array.from(this.#logWeights);
    for (const [name, kernels] of this.#kernels) kernels.addLogDensities(setting[name], sums);
    return logOfSum(sums);
  }

  #drawKernel(quantile: number): number {
    let below = 0;
    const kernel = this.#weights.findIndex((weight) => {
      below += weight;
      return quantile < below;
    });
    return kernel < 0 ? this.#weights.length - 1 : kernel;
  }
}

function add(sums: Float64Array, index: number, summand: number): void {
  sums[index] = (sums[index] as number) + summand;
}

/** log Σ exp, without leaving what a number can hold. */
function logOfSum(logarithms: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const logarithm of logarithms) most = Math.max(most, logarithm);
  let sum = 0;
  for (const logarithm of logarithms) sum += Math.exp(logarithm - most);
  return most + Math.log(sum);
}

/** Weights of so many observations, the oldest first. */
function agedWeights(count: number): number[] {
  const aged = count - FULL_WEIGHTS;
  return Array.from({ length: count }, (_, index) => {
    if (index >= aged) return 1;
    return aged === 1 ? 1 / count : 1 / count + (index / (aged - 1)) * (1 - 1 / count);
  });
}

function kernelsOf(domain: Domain, observed: readonly unknown[], name: string): Kernels {
  if (domain.kind === 'choice') return new ChoiceKernels(domain, observed, name);
  if (sizeOf(domain) === Number.POSITIVE_INFINITY) return new NumberKernels(domain, observed, name);
  return new PointKernels(domain, observed, name);
}

/** Each observed choice has a weight of 1, to which every choice is given one kernel's share. */
class ChoiceKernels implements Kernels {
  readonly #domain: Domain;
  readonly #name: string;
  readonly #observed: readonly number[];
  /** How likely a kernel is to draw its own choice, beside what it has of any. */
  readonly #own: number;

  constructor(domain: Domain, observed: readonly unknown[], name: string) {
    this.#domain = domain;
    this.#name = name;
    this.#observed = observed.map((value) => indexOf(domain, value, name));
    this.#own = 1 / (1 + sizeOf(domain) / (observed.length + 1));
  }

  draw(random: PythonRandom, kernel: number): unknown {
    const own = this.#observed[kernel];
    const isOwn = random.random() < this.#own;
    const any = Math.floor(random.random() * sizeOf(this.#domain));
    return valueAt(this.#domain, own !== undefined && isOwn ? own : any);
  }

  addLogDensities(value: unknown, sums: Float64Array): void {
    const size = sizeOf(this.#domain);
    const index = indexOf(this.#domain, value, this.#name);
    const other = Math.log((1 - this.#own) / size);
    const same = Math.log(this.#own + (1 - this.#own) / size);
    this.#observed.forEach((observed, kernel) => {
      add(sums, kernel, observed === index ? same : other);
    });
    add(sums, this.#observed.length, Math.log(1 / size));
  }
}

/** Any number of an interval, by its place from 0 to 1. */
class NumberKernels implements Kernels {
  readonly #interval: Interval;
  readonly #name: string;
  readonly #bells: readonly Bell[];

  constructor(interval: Interval, observed: readonly unknown[], name: string) {
    this.#interval = interval;
    this.#name = name;
    this.#bells = bellsOf(observed.map((value) => placeOf(interval, value, name)));
  }

  draw(random: PythonRandom, kernel: number): unknown {
    const { mean, deviation } = this.#bells[kernel] as Bell;
    return numberAt(this.#interval, drawWithin(random, mean, deviation));
  }

  addLogDensities(value: unknown, sums: Float64Array): void {
    const place = placeOf(this.#interval, value, this.#name);
    this.#bells.forEach(({ mean, deviation, logPeak }, kernel) => {
      const distance = (place - mean) / deviation;
      add(sums, kernel, logPeak - (distance * distance) / 2);
    });
  }
}

/** An interval's points, each as an equal part of 0 to 1. */
class PointKernels implements Kernels {
  readonly #interval: Interval;
  readonly #name: string;
  readonly #bells: readonly Bell[];

  constructor(interval: Interval, observed: readonly unknown[], name: string) {
    const size = sizeOf(interval);
    this.#interval = interval;
    this.#name = name;
    this.#bells = bellsOf(observed.map((value) => (indexOf(interval, value, name) + 0.5) / size));
  }

  draw(random: PythonRandom, kernel: number): unknown {
    const { mean, deviation } = this.#bells[kernel] as Bell;
    const size = sizeOf(this.#interval);
    const index = Math.floor(drawWithin(random, mean, deviation) * size);
    return valueAt(this.#interval, Math.min(index, size - 1));
  }

  addLogDensities(value: unknown, sums: Float64Array): void {
    const size = sizeOf(this.#interval);
    const index = indexOf(this.#interval, value, this.#name);
    this.#bells.forEach(({ mean, deviation, mass }, kernel) => {
      const share =
        normalBelow(((index + 1) / size - mean) / deviation) - normalBelow((index / size - mean) / deviation);
      add(sums, kernel, Math.log(Math.max(0, share) / mass));
    });
  }
}

/** A normal distribution cut off at 0 and 1. */
interface Bell {
  readonly mean: number;
  readonly deviation: number;
  /** What of the whole distribution lies from 0 to 1. */
  readonly mass: number;
  /** The logarithm of its density at the mean. */
  readonly logPeak: number;
}

/** A bell for each place, as wide as the greater distance to its neighbours, and a last one over all. */
function bellsOf(places: readonly number[]): Bell[] {
  const order = places.map((_, index) => index).sort((a, b) => (places[a] as number) - (places[b] as number));
  const sorted = order.map((index) => places[index] as number);
  const narrowest = Math.max(NARROWEST, 1 / (places.length + 2));
  const bells: Bell[] = [];
  for (const [rank, index] of order.entries()) {
    const width = Math.min(1, Math.max(narrowest, widthOf(sorted, rank)));
    bells[index] = bell(sorted[rank] as number, width);
  }
  return [...bells, bell(0.5, 1)];
}

/** The greater distance to a neighbour; the bounds are the neighbours of a place that stands alone. */
function widthOf(sorted: readonly number[], rank: number): number {
  const place = sorted[rank] as number;
  const lower = sorted[rank - 1];
  const upper = sorted[rank + 1];
  if (lower === undefined && upper === undefined) return Math.max(place, 1 - place);
  return Math.max(lower === undefined ? 0 : place - lower, upper === undefined ? 0 : upper - place);
}

function bell(mean: number, deviation: number): Bell {
  const mass = normalBelow((1 - mean) / deviation) - normalBelow(-mean / deviation);
  return { mean, deviation, mass, logPeak: -Math.log(Math.sqrt(2 * Math.PI) * deviation * mass) };
}
