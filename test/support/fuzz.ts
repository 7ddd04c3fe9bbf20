import { readdirSync, readFileSync } from 'node:fs';
import { noise } from './vectors.js';

/** Seeded choices for fuzzing: the same seed, the same inputs. */
export class Choices {
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** From 0 to below 1. */
  number(): number {
    this.#seed = (this.#seed + 1) >>> 0;
    return ((noise(1, Math.imul(this.#seed, 0x9e3779b1))[0] ?? 0) + 1) / 2;
  }

  /** From 0 to `count - 1`. */
  below(count: number): number {
    return Math.floor(this.number() * count);
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  /** The bytes with a few of them changed, cut off, doubled or added. */
  mutated(bytes: Uint8Array): Buffer {
    let result: Buffer = Buffer.from(bytes);
    for (let change = this.below(4); change >= 0; --change) {
      const place = this.below(result.length + 1);
      const kind = this.below(5);
      if (kind === 0) result = result.subarray(0, place);
      else if (kind === 1) result = Buffer.concat([result, Buffer.from([this.below(256)])]);
      else if (kind === 2) result = Buffer.concat([result.subarray(0, place), result]);
      else if (place < result.length)
        result[place] = kind === 3 ? this.below(256) : this.of([0, 1, 8, 127, 255]);
    }
    return result;
  }
}

/** The seed of a fuzz test: FUZZ_SEED, else always the same; failing tests name it. */
export const FUZZ_SEED: number = Number(process.env.FUZZ_SEED ?? 20_241);
/** How many inputs a fuzz test tries: a few thousand, and in the slow group fifty times as many. */
export const FUZZ_INPUTS: number = Number(process.env.FUZZ_INPUTS ?? 2_000);
/** Whether these are the tests of `npm run test:slow`, which try everything by chance more often. */
export const IS_SLOW: boolean = FUZZ_INPUTS > 10_000;
/** How long the inputs may take: many times what they do, so that no busy machine fails them. */
export const FUZZ_PATIENCE_MS = 900_000;

/** Inputs that once broke something, or nearly: read again at every run. */
export function corpus(folder: string): { name: string; bytes: Buffer }[] {
  const place = new URL(`../fixtures/fuzz/${folder}/`, import.meta.url);
  return readdirSync(place).map((name) => ({ name, bytes: readFileSync(new URL(name, place)) }));
}
