import { z } from 'zod';
import type { Kind } from '../options/option.js';
import { MOST_WEIGHTS } from './limits.js';

const LARGEST_LAYER = 65_536;

/** Widths of layers that follow each other. */
export const layerWidths: Kind<readonly number[]> = {
  schema: z
    .array(z.int().min(1).max(LARGEST_LAYER))
    .min(1)
    .max(16)
    .refine((widths) => weightsBetween(widths) <= MOST_WEIGHTS, {
      error: ({ input }) =>
        `these layers need ${weightsBetween(input as number[])} weights between them, and a network may have at most ` +
        `${MOST_WEIGHTS}; make neighbouring layers narrower`,
    }),
  expected: `1 to 16 integers, each from 1 to ${LARGEST_LAYER}`,
  form: 'numbers',
  placeholder: 'N,N,…',
};

/** Weights of linear layers of these widths, the first one's inputs included. */
export function weightsBetween(widths: readonly number[]): number {
  return widths.slice(1).reduce((sum, width, i) => sum + width * (widths[i] ?? 0), 0);
}
