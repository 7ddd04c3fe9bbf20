import { ClTorchError } from '../base/errors.js';

const STATE_WORDS = 624;
const SHIFT_WORDS = 397;

/**
 * CPython's `random.Random(seed)` for a non-negative integer: the Mersenne Twister MT19937 (Matsumoto and Nishimura
 * 1998) seeded by `init_by_array`, and the ways CPython's Lib/random.py draws from it. Equal to the last bit.
 */
export class PythonRandom {
  readonly #state = new Uint32Array(STATE_WORDS);
  #next = STATE_WORDS;

  /**
   * @param seed a non-negative safe integer, as for `random.seed(seed)`.
   * @throws ClTorchError `INVALID_ARGUMENT` for anything else.
   */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new ClTorchError(
        'INVALID_ARGUMENT',
        `The seed is ${seed}, but it must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`,
      );
    }
    this.#seedByArray(words(seed));
  }

  /** `getrandbits(k)` for 1 ≤ k ≤ 32: the top k bits of one output. */
  getrandbits(k: number): number {
    if (!Number.isInteger(k) || k < 1 || k > 32) {
      throw new ClTorchError(
        'INVALID_ARGUMENT',
        `getrandbits(${k}): give a whole number of bits from 1 to 32.`,
      );
    }
    return this.#output() >>> (32 - k);
  }

  /** `randrange(n)` for 1 ≤ n ≤ 2^32 - 1: uniform over 0…n-1, by rejection. */
  randbelow(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 0xffff_ffff) {
      throw new ClTorchError('INVALID_ARGUMENT', `randbelow(${n}): give a whole number from 1 to 2^32 - 1.`);
    }
    const bits = 32 - Math.clz32(n);
    let draw = this.getrandbits(bits);
    while (draw >= n) draw = this.getrandbits(bits);
    return draw;
  }

  /** `shuffle(items)`: in place, Fisher-Yates from the end. */
  shuffle(items: Int32Array): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.randbelow(i + 1);
      const swapped = at(items, i);
      items[i] = at(items, j);
      items[j] = swapped;
    }
  }

  /** `random()`: from 0 to below 1, with 53 bits. */
  random(): number {
    const high = this.getrandbits(27);
    const low = this.getrandbits(26);
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  #seedByWord(word: number): void {
    const state = this.#state;
    state[0] = word;
    for (let i = 1; i < STATE_WORDS; i++) {
      state[i] = Math.imul(1_812_433_253, mixed(at(state, i - 1))) + i;
    }
  }

  #seedByArray(key: readonly number[]): void {
    const state = this.#state;
    this.#seedByWord(19_650_218);
    let i = 1;
    const advance = (): void => {
      i += 1;
      if (i < STATE_WORDS) return;
      state[0] = at(state, STATE_WORDS - 1);
      i = 1;
    };
    for (let round = 0; round < STATE_WORDS; round++) {
      const j = round % key.length;
      state[i] = (at(state, i) ^ Math.imul(mixed(at(state, i - 1)), 1_664_525)) + at(key, j) + j;
      advance();
    }
    for (let round = 1; round < STATE_WORDS; round++) {
      state[i] = (at(state, i) ^ Math.imul(mixed(at(state, i - 1)), 1_566_083_941)) - i;
      advance();
    }
    state[0] = 0x8000_0000;
  }

  #regenerate(): void {
    const state = this.#state;
    for (let i = 0; i < STATE_WORDS; i++) {
      const joined = (at(state, i) & 0x8000_0000) | (at(state, (i + 1) % STATE_WORDS) & 0x7fff_ffff);
      const twisted = (joined >>> 1) ^ (joined & 1 ? 0x9908_b0df : 0);
      state[i] = at(state, (i + SHIFT_WORDS) % STATE_WORDS) ^ twisted;
    }
    this.#next = 0;
  }

  #output(): number {
    if (this.#next === STATE_WORDS) this.#regenerate();
    let word = at(this.#state, this.#next++);
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c_5680;
    word ^= (word << 15) & 0xefc6_0000;
    return (word ^ (word >>> 18)) >>> 0;
  }
}

/** The seed's 32-bit words, the lowest first, as CPython hands them to `init_by_array`; one word for zero. */
function words(seed: number): number[] {
  const low = seed % 2 ** 32;
  const high = Math.floor(seed / 2 ** 32);
  return high === 0 ? [low] : [low, high];
}

function mixed(word: number): number {
  return word ^ (word >>> 30);
}

/** Every index above is in range by construction; the compiler cannot know. */
function at(numbers: ArrayLike<number>, index: number): number {
  return numbers[index] as number;
}
