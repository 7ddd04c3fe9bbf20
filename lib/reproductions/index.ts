import { articlePermutedMnist } from './article-permuted-mnist.js';
import type { Reproduction } from './define.js';
import { derPermutedMnist } from './der-permuted-mnist.js';
import { derRotatedMnist } from './der-rotated-mnist.js';
import { derSplitMnist } from './der-split-mnist.js';
import { gdumbSplitMnist } from './gdumb-split-mnist.js';
import { vanDeVenPermutedMnist } from './van-de-ven-permuted-mnist.js';
import { vanDeVenSplitMnist } from './van-de-ven-split-mnist.js';

/** The published tables that `cl-torch reproduce` makes. The only place that lists them. */
export const reproductions: readonly Reproduction[] = [
  vanDeVenSplitMnist,
  vanDeVenPermutedMnist,
  derSplitMnist,
  derPermutedMnist,
  derRotatedMnist,
  gdumbSplitMnist,
  articlePermutedMnist,
];

/** The table of this name, if there is one. */
export function reproductionNamed(name: string): Reproduction | undefined {
  return reproductions.find((reproduction) => reproduction.name === name);
}
