import { createHash } from 'node:crypto';
import { PythonRandom } from '../random/python-random.js';
import { numberAt, sizeOf, valueAt } from './domain.js';
import { settingAt, settingsOf } from './grid.js';
import type { Domain, Setting, Space } from './space.js';

/** What a draw depends on, beside the space. */
export interface Draw {
  /** Of the search: a non-negative safe integer. */
  readonly seed: number;
  /** Of the trial, from 0. */
  readonly number: number;
}

/** Above this, whole numbers are not all told apart, and two draws are never the same. */
const MOST_NUMBERED = Number.MAX_SAFE_INTEGER;

/**
 * What was drawn of a space, for as long as it is in use: a sweep's plan is made anew after each of its runs. Settings are
 * frozen, because everybody gets the same ones.
 */
const drawnBefore = new WeakMap<Space, Map<string, Setting>>();
const orders = new WeakMap<Space, Map<string, RandomOrder>>();

/**
 * A random setting, which depends on the space, the seed and the trial's number alone: trials may be drawn in any order,
 * or one of them by itself. Choices and points are uniform; numbers between two bounds are uniform on their scale and
 * rounded to four significant digits. A space of finitely many settings is gone through in a random order, so that no
 * setting comes a second time before each has come once.
 *
 * @param space - Is not to be changed afterwards: what was drawn of it is remembered.
 */
export function drawSetting(space: Space, { seed, number }: Draw): Setting {
  return remembered(drawnBefore, space, `${seed} ${number}`, () => {
    const size = settingsOf(space);
    const setting =
      size <= MOST_NUMBERED ? drawnInTurn(space, size, seed, number) : drawnAlone(space, seed, number);
    return Object.freeze(setting);
  });
}

/** A generator of its own for each purpose and number, so that what one draws changes nothing for the others. */
export function randomOf(purpose: string, seed: number, number: number): PythonRandom {
  const digest = createHash('sha256').update(`${purpose} ${seed} ${number}`).digest();
  return new PythonRandom(digest.readUIntBE(0, 6));
}

/** What was made for a space by a key, or is made now. */
function remembered<T>(memory: WeakMap<Space, Map<string, T>>, space: Space, key: string, make: () => T): T {
  const ofSpace = memory.get(space) ?? new Map<string, T>();
  memory.set(space, ofSpace);
  const made = ofSpace.get(key) ?? make();
  ofSpace.set(key, made);
  return made;
}

function drawnAlone(space: Space, seed: number, number: number): Setting {
  const random = randomOf('draw', seed, number);
  return Object.fromEntries(
    Object.entries(space).map(([name, domain]) => [name, drawn(domain, random.random())]),
  );
}

function drawnInTurn(space: Space, size: number, seed: number, number: number): Setting {
  const place = number % size;
  const round = (number - place) / size;
  const order = remembered(
    orders,
    space,
    `${seed} ${round}`,
    () => new RandomOrder(randomOf('order', seed, round), size),
  );
  return settingAt(space, order.at(place));
}

function drawn(domain: Domain, place: number): unknown {
  const size = sizeOf(domain);
  if (domain.kind === 'interval' && size === Number.POSITIVE_INFINITY) return numberAt(domain, place);
  return valueAt(domain, Math.floor(place * size));
}

/**
 * The numbers 0…size-1 in a random order, as far as they are asked for: Fisher and Yates's shuffle from the front, which holds
 * only what it has moved.
 */
class RandomOrder {
  readonly #random: PythonRandom;
  readonly #size: number;
  readonly #moved = new Map<number, number>();
  readonly #taken: number[] = [];

  constructor(random: PythonRandom, size: number) {
    this.#random = random;
    this.#size = size;
  }

  at(place: number): number {
    while (this.#taken.length <= place) this.#take();
    return this.#taken[place] as number;
  }

  #take(): void {
    const i = this.#taken.length;
    const j = i + Math.floor(this.#random.random() * (this.#size - i));
    this.#taken.push(this.#moved.get(j) ?? j);
    this.#moved.set(j, this.#moved.get(i) ?? i);
  }
}
