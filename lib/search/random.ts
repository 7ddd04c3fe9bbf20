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
 * A random setting, which depends on the space, the seed and the trial's number alone: trials may be drawn in any order,
 * or one of them by itself. Choices and points are uniform; numbers between two bounds are uniform on their scale and
 * rounded to four significant digits. A space of finitely many settings is gone through in a random order, so that no
 * setting comes a second time before each has come once.
 */
export function drawSetting(space: Space, { seed, number }: Draw): Setting {
  const size = settingsOf(space);
  if (size <= MOST_NUMBERED) {
    const place = number % size;
    const random = randomOf('order', seed, (number - place) / size);
    return settingAt(space, shuffledAt(random, size, place));
  }
  const random = randomOf('draw', seed, number);
  return Object.fromEntries(
    Object.entries(space).map(([name, domain]) => [name, drawn(domain, random.random())]),
  );
}

/** A generator of its own for each purpose and number, so that what one draws changes nothing for the others. */
export function randomOf(purpose: string, seed: number, number: number): PythonRandom {
  const digest = createHash('sha256').update(`${purpose} ${seed} ${number}`).digest();
  return new PythonRandom(digest.readUIntBE(0, 6));
}

function drawn(domain: Domain, place: number): unknown {
  const size = sizeOf(domain);
  if (domain.kind === 'interval' && size === Number.POSITIVE_INFINITY) return numberAt(domain, place);
  return valueAt(domain, Math.floor(place * size));
}

/**
 * What stands at a place of 0…size-1 in a random order: Fisher and Yates's shuffle from the front, which holds only what
 * it has moved.
 */
function shuffledAt(random: PythonRandom, size: number, place: number): number {
  const moved = new Map<number, number>();
  let taken = 0;
  for (let i = 0; i <= place; i++) {
    const j = i + Math.floor(random.random() * (size - i));
    taken = moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
  }
  return taken;
}
