import { z } from 'zod';
import type { NormalisationChoice } from '../datasets/index.js';
import type { Kind } from '../options/option.js';

/** `none`, `data-set`, or means and then as many deviations. */
export const normalisation: Kind<NormalisationChoice> = {
  schema: z.union([
    z.literal(['none', 'data-set']),
    z
      .array(z.number().min(-1e6).max(1e6))
      .min(2)
      .max(64)
      .refine((list) => list.length % 2 === 0 && list.slice(list.length / 2).every((each) => each > 0), {
        error: 'there must be as many deviations, each above 0, as means before them',
      }),
  ]),
  expected: 'none, data-set, or a mean for each channel and then a deviation for each',
  form: 'word or numbers',
  placeholder: 'X,X,…',
};
