import { dot, plus } from './vectors.js';

/**
 * The gradient of GEM, by trying all sets of references: of each the shares that are free are solved for, the others are at the
 * margin, and of all that keep to it the shortest gradient is the one.
 */
export function turnedGradient(
  gradient: readonly number[],
  references: readonly (readonly number[])[],
  margin: number,
): number[] {
  if (references.every((reference) => dot(reference, gradient) >= 0)) return [...gradient];
  let best: number[] | undefined;
  for (let set = 0; set < 2 ** references.length; ++set) {
    const free = references.flatMap((_, k) => ((set >> k) & 1 ? [k] : []));
    const shares = references.map(() => margin);
    const held = references.reduce<number[]>(
      (sum, reference, k) => (free.includes(k) ? sum : plus(sum, reference, margin)),
      [...gradient],
    );
    const matrix = free.map((i) => free.map((j) => dot(references[i] ?? [], references[j] ?? [])));
    const found = solve(
      matrix,
      free.map((k) => -dot(references[k] ?? [], held)),
    );
    for (const [at, k] of free.entries()) shares[k] = found[at] ?? Number.NaN;
    if (!shares.every((share) => share >= margin)) continue;
    const turned = references.reduce<number[]>(
      (sum, reference, k) => plus(sum, reference, shares[k] ?? 0),
      [...gradient],
    );
    if (!best || dot(turned, turned) < dot(best, best)) best = turned;
  }
  return best ?? [];
}

/** By Gauss's elimination with pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  for (let column = 0; column < rows.length; ++column) {
    rows.splice(
      column,
      rows.length - column,
      ...rows.slice(column).sort((a, b) => Math.abs(b[column] ?? 0) - Math.abs(a[column] ?? 0)),
    );
    for (const [i, row] of rows.entries()) {
      if (i === column) continue;
      const factor = (row[column] ?? 0) / (rows[column]?.[column] ?? Number.NaN);
      rows[i] = plus(row, rows[column] ?? [], -factor);
    }
  }
  return rows.map((row, i) => (row.at(-1) ?? 0) / (row[i] ?? Number.NaN));
}
