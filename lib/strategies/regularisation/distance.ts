import type { Session } from '../../session/session.js';

/** The vector `path` becomes path / ((w − anchor)² + xi), w being the weights now. */
export async function divideByDistance(
  { vectors }: Session,
  { path, anchor, xi }: { readonly path: string; readonly anchor: string; readonly xi: number },
): Promise<void> {
  const [moved, distance] = [`${path}-moved`, `${path}-distance`];
  await vectors.copy('parameters', moved);
  await vectors.add(moved, anchor, -1);
  await vectors.multiply(moved, moved);
  await vectors.fill(distance, xi);
  await vectors.add(distance, moved);
  await vectors.divide(path, distance);
  for (const name of [moved, distance]) await vectors.drop(name);
}
