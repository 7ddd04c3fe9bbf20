import type { Domain } from '../../search/space.js';
import type { MethodSummary, SweepSpec } from '../../sweep/plan/types.js';

/** What a setting's option was searched over; undefined where the sweep says nothing of it. */
export function domainOf(
  { options, settings }: SweepSpec,
  { condition }: MethodSummary,
  option: string,
): Domain | undefined {
  const strategy = String({ ...options, ...condition }.strategy);
  const owner = strategy.split('+').find((name) => settings[`${name}.${option}`] !== undefined);
  return settings[`${owner ?? strategy}.${option}`] ?? settings[option];
}

/** A value as other programs can hold it: lists and objects become their JSON text. */
export function plain(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}
