import { z } from 'zod';
import type { SweepSpec } from './types.js';

const setting = z.record(z.string(), z.unknown());
const whole = z.int().min(0);
const domain = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('choice'), values: z.array(z.unknown()).min(1) }),
  z.object({
    kind: z.literal('interval'),
    scale: z.literal(['linear', 'log']),
    low: z.number(),
    high: z.number(),
    points: z.array(z.number()).optional(),
  }),
]);
const space = z.record(z.string(), domain);

/** The shape of `sweep.json`. */
export const specSchema: z.ZodType<SweepSpec> = z.object({
  schemaVersion: z.literal(1),
  options: setting,
  methods: space,
  settings: space,
  seeds: z.array(whole).min(1),
  search: z.object({
    kind: z.literal(['grid', 'random', 'tpe', 'asha']),
    trials: whole.nullable(),
    seed: whole,
    batch: whole.min(1),
    reduction: whole.min(2),
    rungs: z.array(whole),
  }),
  choice: z.object({
    kind: z.literal(['validation', 'first-tasks', 'none']),
    by: z.literal(['final', 'average']),
    tasks: whole.nullable(),
    seeds: z.array(whole),
  }),
});
