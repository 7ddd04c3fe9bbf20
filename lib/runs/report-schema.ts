import { z } from 'zod';
import type { TaskReport } from '../training/report.js';

/**
 * What a strategy told of a task, in a file. Fields that it does not know are let pass: a later version may add some.
 *
 * @param number - How the file writes a number; it may be NaN.
 */
export function reportSchema(number: z.ZodType<number>): z.ZodType<TaskReport> {
  const label = z.string().min(1);
  const orNull = number.nullable();
  const numbers = z.array(number);
  const phase = z.string().optional();
  const measure = z.looseObject({
    label,
    value: orNull,
    before: orNull.optional(),
    unit: label.optional(),
    phase,
    digits: z.int().min(0).max(20).optional(),
    line: z.string().nullable().optional(),
  });
  const curve = z.looseObject({
    label,
    phase,
    x: z.looseObject({ label, first: z.number().optional(), every: z.number().optional() }),
    y: z.looseObject({ label, unit: label.optional() }),
    values: numbers,
    ends: z.tuple([orNull, orNull]).optional(),
    guides: z.array(z.number()).optional(),
    caption: label.optional(),
  });
  return z.looseObject({
    measures: z.record(z.string(), measure),
    curves: z.record(z.string(), curve),
    phases: z.record(
      z.string(),
      z.looseObject({ label, seconds: number, accuracyBefore: numbers.optional() }),
    ),
  });
}
